using TensorGraph.Torch;

namespace TensorGraph.Tests.Front;

/// <summary>Runs code as a program that uses gradients outside of graph functions, or as one that does not. The tests themselves do.</summary>
internal sealed class GradientUse : IDisposable
{
    private readonly bool _before = GradientStore.AreKept;

    public GradientUse(bool isThere) => GradientStore.AreKept = isThere;

    public void Dispose() => GradientStore.AreKept = _before;
}
