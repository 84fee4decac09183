using System.ComponentModel;

namespace TensorGraph.CompilerServices;

/// <summary>
/// On an assembly, by the generator: its code outside of graph functions uses gradients of TorchSharp's parameters, so that graph functions leave
/// all of them.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class UsesGradientsAttribute : Attribute;
