using System.Diagnostics.CodeAnalysis;
using TensorGraph.Backends.Managed;

// Kernels are made by reflection over the lane library, which is kept whole; a program without dynamic code has no managed device.
[assembly: UnconditionalSuppressMessage("Trimming", "IL2055", Justification = Trimming.LanesAreKept)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2060", Justification = Trimming.LanesAreKept)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2065", Justification = Trimming.LanesAreKept)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2075", Justification = Trimming.LanesAreKept)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2076", Justification = Trimming.LanesAreKept)]
[assembly: UnconditionalSuppressMessage("Trimming", "IL2080", Justification = Trimming.LanesAreKept)]
[assembly: UnconditionalSuppressMessage("AOT", "IL3050", Justification = Trimming.NeedsDynamicCode)]

namespace TensorGraph.Backends.Managed;

/// <summary>Why reflection is safe here in a trimmed program.</summary>
internal static class Trimming
{
    public const string LanesAreKept = "ILLink.Descriptors.xml keeps all members of this assembly.";

    public const string NeedsDynamicCode = "ManagedDevice.IsAvailable is false without dynamic code.";
}
