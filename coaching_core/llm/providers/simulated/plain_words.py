"""Words that look like a misspelt keyword and are not one."""

from __future__ import annotations

from coaching_core.llm.providers.simulated.word_set import word_set

PLAIN_WORDS: frozenset[str] = word_set("""
abroad abused accidents advised adviser affects alignment anger arises arrow assignments auction banner
barely barrow bases beading binned blocker blood bread burns cakes canned cared cares carrot cased casts
causes challenged challenges chase citations cleave clocked cloned closer closes closet commitments
companion comparison compression consistency constructing contradicts contributing contributor
contributors cries dagger dancer dangers decent deduce defective defer deferred defers describing
descriptive desirable detecting detective direction directions directives distances doable doctors dosing
doubles eases effect effective eight either ender ending evens exceeding excessive excludes expansion
expensive explanatory extension extensively faction factual falling feeding feeds fever fight files filing
fires firing fixed floods floor foods formulating games goods grief heading healthy ideal ignored
imitation incidental including inconsistent indication initiation instruction instructions instructive
intensive invocation irritation joint joints keeling knowledge lawyers layer leaking leaning leaping lease
leaver leaves length lengths lever light liked lined linger lives loader loading locked loses losing loved
mailing marrow masked massage medial mended mentions might mingle mixes mixing motion named narrowing
newer night ourself paint painting parenting parrots particularly peeling pending persisting poking
posting posts potion preferred preferring prefers premise prescriber present prevents print printing
prints profession prompt providing reading reduced reflection rejecting relief relies remaining rendering
repay replay resent resistant resolutions resorting respecting respective responded restoring resulting
resumption retail retaining reversing right rises route safely sailing saturation scaled scares scored
seeding selecting selective sensing sentimental serves sever shared shirt shoot shopping shorten shout
sight simulation slack slipping snuck solar sorter spending sport spring staring stepping sticking sting
stock stomping store stores stormy strings strong struck strung synthesis synthesised tended tense threw
through tiling topping valley verse wailing weave woods works worlds worry
""")
