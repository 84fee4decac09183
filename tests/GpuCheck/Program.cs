using System.Text.Json;
using TensorGraph;
using TensorGraph.Tests;

// GpuCheck DEVICE FOLDER SECONDS [quick]: checks every op on a device against the interpreter, and behaviours, then measures; leaves files in the folder.
if (args is not [var name, var folder, var seconds, ..] || !int.TryParse(seconds, out int budget))
{
    Console.Error.WriteLine("GpuCheck DEVICE FOLDER SECONDS [quick]");
    return 2;
}
try
{
    Device device = Devices.Find(name);
    bool isQuick = args.Contains("quick");
    Directory.CreateDirectory(folder);
    Conformance conformance = Conformance.Run(device, TimeSpan.FromSeconds(budget), isQuick);
    Write("conformance.json", conformance);
    Console.WriteLine($"{name}: {conformance.Graphs} graphs of {conformance.Ops} ops, {conformance.Failures.Count} differ, {conformance.Left} left out for time");
    foreach (string failure in conformance.Failures.Take(20)) Console.WriteLine($"  {failure}");
    BehaviourRun behaviours = BehaviourRun.Run(device, TimeSpan.FromSeconds(budget / 2.0), isQuick);
    Write("behaviours.json", behaviours);
    Console.WriteLine($"{name}: {behaviours.Cases} behaviours, {behaviours.Failures.Count} fail, {behaviours.Left} left out for time");
    foreach (string failure in behaviours.Failures.Take(20)) Console.WriteLine($"  {failure}");
    Figure[] figures = Figures.Measure(device, isQuick);
    Write("figures.json", figures);
    foreach (Figure figure in figures) Console.WriteLine(FormattableString.Invariant($"{figure.Name,-28} {figure.Milliseconds,10:F3} ms {figure.Rate,10:F1} {figure.Unit}"));
    return conformance.Failures.Count + behaviours.Failures.Count == 0 ? 0 : 1;
}
catch (Exception error) when (error is GraphException or ArgumentException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

void Write<T>(string file, T content) => File.WriteAllText(Path.Combine(folder, file), JsonSerializer.Serialize(content, Json.Options) + "\n");

internal static class Json
{
    public static readonly JsonSerializerOptions Options = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
}
