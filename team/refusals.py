"""What an operation answers when it must not be done, in the words that the screen shows."""


class Refusal(Exception):
    """A sentence for the person who asked; `field` names what it is about, empty for the whole."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
