"""Models that need no key and no network: honest, repeatable, and following the prompt."""

from coaching_core.llm.providers.simulated.behaviours import BEHAVIOURS, Behaviour, Instruction
from coaching_core.llm.providers.simulated.models import SIMULATED_MODELS, SimulatedModel
from coaching_core.llm.providers.simulated.provider import SimulatedProvider
from coaching_core.llm.providers.simulated.recognition import recognise
from coaching_core.llm.providers.simulated.tokens import count_tokens

__all__ = [
    "BEHAVIOURS",
    "SIMULATED_MODELS",
    "Behaviour",
    "Instruction",
    "SimulatedModel",
    "SimulatedProvider",
    "count_tokens",
    "recognise",
]
