namespace ParallelDevices;

/// <summary>All that was measured.</summary>
/// <param name="Processors">Logical processors.</param>
/// <param name="Powers">Products.</param>
/// <param name="Copies">Copies beside computing.</param>
/// <param name="Training">A split batch.</param>
public sealed record Figures(int Processors, Powers Powers, Copies Copies, Training Training);

/// <summary>Aⁿ + Bⁿ.</summary>
/// <param name="Size">Rows of the matrices.</param>
/// <param name="Exponent">n.</param>
/// <param name="Alone">Both powers on one device.</param>
/// <param name="ParallelMs">A power on each of the first two devices.</param>
/// <param name="LargestDifference">Between the results of two devices, relative to the largest element.</param>
public sealed record Powers(int Size, int Exponent, DeviceTime[] Alone, double ParallelMs, double LargestDifference);

/// <summary>A time on a device.</summary>
public sealed record DeviceTime(string Device, double Ms);

/// <summary>Batches that are computed on the last device and copied to the host.</summary>
/// <param name="Device">Its name.</param>
/// <param name="Batches">How many.</param>
/// <param name="ComputeThenCopyMs">Each is copied before the next one is computed.</param>
/// <param name="ComputeWithCopyMs">The next one is computed while it is copied.</param>
public sealed record Copies(string Device, int Batches, double ComputeThenCopyMs, double ComputeWithCopyMs);

/// <summary>Steps of training with one batch, and with the batch split over the devices and their gradients averaged.</summary>
/// <param name="Steps">How many.</param>
/// <param name="Batch">Rows of a batch.</param>
/// <param name="Losses">The last loss with 1, 2, … devices.</param>
/// <param name="MsPerStep">Likewise.</param>
public sealed record Training(int Steps, int Batch, double[] Losses, double[] MsPerStep);
