"""LoRA on a text model: two thin matrices beside each query and value map are trained, no more."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, final

from torch import Tensor, nn

from faultlens.core.errors import UsageError
from faultlens.models.encoders.text_encoder import AbstractTextEncoder
from faultlens.models.encoders.text_hugging_face import HuggingFaceTextEncoder
from faultlens.models.lora import OURS, LoraSettings, add_lora

TARGETS = (
    ("q_proj", "v_proj"),  # Qwen2, Llama, Mistral, Gemma, OPT, BART
    ("query", "value"),  # BERT, RoBERTa, ELECTRA
    ("q_lin", "v_lin"),  # DistilBERT
    ("q", "v"),  # T5, MPNet
    ("query_proj", "value_proj"),  # DeBERTa
    ("c_attn",),  # GPT-2
    ("query_key_value",),  # Falcon, BLOOM, GPT-NeoX
    ("qkv_proj",),  # Phi-3
    ("Wqkv",),  # ModernBERT, MPT
)
"""What architectures call their maps to queries and values, as the library writes them."""


@final
class LoraTextEncoder(AbstractTextEncoder):
    """A frozen text model with LoRA beside its queries and values.

    Args:
        frozen: changed in place; the model's own weights and dropout stay as they are.
        settings: of LoRA.
        seed: of the first values.

    Raises:
        UsageError: an architecture without a known map to queries and values.
        MissingPackageError: peft is not installed.
    """

    def __init__(
        self, frozen: HuggingFaceTextEncoder, settings: LoraSettings, *, seed: int = 0
    ) -> None:
        super().__init__()
        targets = lora_targets(frozen.model)
        # GPT-2 stores its maps the other way round.
        turned = targets == ("c_attn",)
        add_lora(frozen.model, targets, settings, seed=seed, fan_in_fan_out=turned)
        self.frozen = frozen
        self.width = frozen.width
        self.settings = settings
        self.train(False)

    def forward(self, sentences: Sequence[str]) -> Tensor:
        """Rows of sentences.

        Args:
            sentences: at least one, none of them empty.

        Returns:
            (sentence, width) float32, not scaled.
        """
        rows: Tensor = self.frozen(sentences)
        return rows

    def train(self, mode: bool = True) -> "LoraTextEncoder":
        """Turn the dropout of LoRA on or off; the frozen model's own stays off."""
        super().train(False)
        self.training = mode
        for name, part in self.named_modules():
            if "lora_dropout" in name:
                part.train(mode)
        return self

    def about(self) -> dict[str, Any]:
        """What is needed beside the weights to build it again; JSON can write it."""
        dtype: Any = self.frozen.model.dtype
        return {"lora": asdict(self.settings), "dtype": str(dtype).removeprefix("torch.")}

    def kept(self) -> dict[str, Tensor]:
        """What a checkpoint must keep of it: the weights of LoRA, never the language model's."""
        return {name: x.detach().clone() for name, x in self.state_dict().items() if OURS in name}


def lora_targets(model: nn.Module) -> tuple[str, ...]:
    """What this architecture calls its maps to queries and values.

    Args:
        model: of the library.

    Raises:
        UsageError: none of the known names; the message lists the model's own.

    Example:
        >>> lora_targets(nn.ModuleDict({"q_lin": nn.Linear(2, 2), "v_lin": nn.Linear(2, 2)}))
        ('q_lin', 'v_lin')
    """
    names = {
        name.rpartition(".")[2]
        for name, part in model.named_modules()
        if getattr(part, "weight", None) is not None and part.weight.ndim == 2
    }
    for targets in TARGETS:
        if names.issuperset(targets):
            return targets
    raise UsageError(
        f"LoRA does not know the queries and values of {type(model).__name__}; its layers are "
        f"{', '.join(sorted(names))}. Leave --text-lora out, or choose another text model."
    )
