namespace TensorGraph.Backends.Gpu;

/// <summary>Limits of kernels on a device.</summary>
/// <param name="HasDouble">f64.</param>
/// <param name="GroupSize">Items of a group that folds one line together: a power of two.</param>
/// <param name="ParameterBytes">Bytes of all parameters of a kernel.</param>
internal sealed record DeviceLimits(bool HasDouble, int GroupSize, int ParameterBytes);
