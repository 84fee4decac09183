namespace TensorGraph.Torch;

// Names are torch's, where the members are documented.
#pragma warning disable CS1591

/// <summary>Members of tensors whose operands come in another order than in the function of <c>torch</c> with that name.</summary>
[System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)]
public static class TorchMembers
{
    public static Tensor where(this Tensor x, Tensor condition, Tensor y) => TorchApi.where(condition, x, y);
}
