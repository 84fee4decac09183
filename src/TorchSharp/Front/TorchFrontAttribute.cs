using System.ComponentModel;

[assembly: TensorGraph.CompilerServices.TorchFront]

namespace TensorGraph.CompilerServices;

/// <summary>On this assembly: the generator converts graph functions on tensors of TorchSharp in programs that refer to it.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TorchFrontAttribute : Attribute;
