"""Prompts: the templates the models are trained with, and the definitions they learn not to be led astray by."""
import bpe
import compose

LENGTH_TOKENS = 32

# The three forms of the demo's plan, twice over; then the short forms people try first.
TEMPLATES = (
    "a photo of a single {name}, {definition}, in a white background",
    "a photo of a single {name}, {definition}, in a white background",
    "a photo of a single {name}, in a white background",
    "a {name} seen from the side, in a white background",
    "a {name} seen from the side, in a white background",
    "a real photo of one {name}, in a white background",
    "a real photo of one {name}, in a white background",
    "a picture of {article} {name} on white",
    "{article} {name}",
    "{name}",
    "{name}",
)

# Definitions are made of these at random. They say nothing of the picture, and that is the point: the model must
# learn that the words after the first comma do not change what is asked for.
FILLERS = (
    "a an the of with and or for that is are in on to by from at as which has have used made its it one two four some "
    "round long short small large thin thick flat soft hard sharp smooth bright dark sweet fresh wooden metal paper "
    "animal insect bird plant fruit vegetable fungus food drink machine vehicle aircraft instrument tool toy device "
    "object container furniture clothing covering building weapon sport mammal reptile "
    "handle spout wings legs stem leaf petals skin fur feathers shell tail horn neck head eyes foot feet hand wheels "
    "engine rotor strings keys pages blade lid seat roof mast sail cap brim sleeves laces sole heel fuel water air "
    "lifts flies swims eats carries holds opens closes plays cuts drives rides wears drinks bound together along side "
    "without between under over coloured red green yellow blue people children kitchen garden house sea farm "
    "sky").split()
SYLLABLES = "ba co di fu ge hi jo ku la me ni po ra se ti vu wo ya zen mor tal ing est ous".split()
MAIN_TEMPLATE = "a photo of a single {name}, in a white background"


def article(name):
    return "an" if name[0] in "aeiou" else "a"


def fill(template, name, definition):
    return template.format(name=name, definition=definition, article=article(name))


def definition(random):
    """Three to ten filler words; one in eight is a word that no list has."""
    def word():
        if random.rand() < 0.125:
            return "".join(SYLLABLES[random.randint(len(SYLLABLES))] for _ in range(random.randint(2, 4)))
        return FILLERS[random.randint(len(FILLERS))]
    return " ".join(word() for _ in range(random.randint(3, 11)))


def caption(thing, colour, random):
    """A prompt for one composition. The colour word, where there is one, is said in a little under half."""
    name = thing.words[0] if random.rand() < 0.75 else thing.words[random.randint(len(thing.words))]
    if colour >= 0 and random.rand() < 0.45:
        name = list(compose.COLOURS)[colour] + " " + name
    return fill(TEMPLATES[random.randint(len(TEMPLATES))], name, definition(random))


def corpus(things):
    """Every word the tokenizer must hold whole."""
    texts = [word for thing in things for word in thing.words]
    texts += [template.format(name="", definition="", article="an") for template in TEMPLATES]
    texts += FILLERS + list(compose.COLOURS)
    return sorted({word for text in texts for word in bpe.split(text)})
