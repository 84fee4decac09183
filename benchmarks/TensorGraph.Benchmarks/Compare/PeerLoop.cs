using System.Diagnostics;
using System.Globalization;

namespace TensorGraph.Benchmarks.Compare;

/// <summary>The loop of a peer in its process: it says its name, then runs "STEPS WORKLOAD" for each line of the input and prints nanoseconds per step.</summary>
internal static class PeerLoop
{
    /// <summary>Serves until the input ends.</summary>
    /// <param name="name">The peer's name with its version.</param>
    /// <param name="make">The step of a workload; null for one that it does not have.</param>
    public static void Serve(string name, Func<string, Action?> make)
    {
        var steps = new Dictionary<string, Action?>();
        Console.WriteLine(name);
        while (Console.ReadLine() is { } line)
        {
            string[] parts = line.Split(' ', 2);
            (int count, string workload) = (int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1]);
            if (!steps.TryGetValue(workload, out Action? step)) steps[workload] = step = make(workload);
            if (step is null)
            {
                Console.WriteLine("none");
                continue;
            }
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++) step();
            Console.WriteLine((Stopwatch.GetElapsedTime(start).TotalNanoseconds / count).ToString("f1", CultureInfo.InvariantCulture));
        }
    }
}
