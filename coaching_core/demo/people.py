"""First names for the demo's coachees, from many places; nobody in particular is meant."""

from __future__ import annotations

from random import Random

_NAMES = """
Aaliyah Abena Adaeze Agnieszka Ahmed Aiko Aisha Akua Alejandra Alinta Amara Amelia Amir Ana Anders Aniela Anjali
Anneke Aroha Arturo Asel Astrid Ayumi Aylin Bao Beatriz Bence Bjarne Bongani Brigita Camille Carlos Catarina
Chiara Chidi Chloe Ciarán Dalia Danilo Daria Davit Deepa Diego Dilnoza Dmytro Ebba Efua Eilidh Elif Elina Emeka
Emre Esperanza Esther Eun-ji Farah Fatou Fernando Finn Florin Freya Gabriela Giulia Goran Grace Gulnara Hana
Haruto Hassan Heidi Hemi Henrik Hyun-woo Ibrahim Ilse Imani Ines Ioana Isla Ivana Jakub Jasmin Javier Jing Joana
Jonas Kaito Kalina Kamal Karim Katarzyna Keanu Kerstin Khadija Kofi Lakshmi Lamine Laura Leila Lerato Liam
Linh Lucía Luka Magnus Mai Maja Malik Manon Marama Marek Mateus Mehwish Meera Mercy Miguel Milena Minh Mireille
Nadia Naoki Nasrin Nele Ngozi Niamh Nikhil Nilufar Noor Nuno Oksana Olamide Omar Paola Pavel Petra Priyanka
Quyen Rafael Rania Ravi Rosa Ruta Saanvi Salma Samuel Selam Sibusiso Siddharth Sofía Soraya Stefan Sunita Svetlana
Tamar Tariq Tatiana Temuera Thandiwe Thiago Tomoko Tuan Uchenna Valentina Vikram Wanjiru Wei Xin Yara Yasmin
Yusuf Zanele Zainab Zofia
"""

FIRST_NAMES = tuple(_NAMES.split())
"""Each is used at most once."""

_INITIALS = "ABCDEFGHIJKLMNOPRSTVWYZ"


def draw_names(dice: Random, count: int) -> list[str]:
    """That many different names: a first name and an initial, as in “Ngozi A.”."""
    return [f"{first} {dice.choice(_INITIALS)}." for first in dice.sample(FIRST_NAMES, count)]
