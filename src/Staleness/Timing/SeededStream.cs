namespace TensorGraph.Staleness;

/// <summary>
/// Random numbers of one purpose. The numbers of a seed are the same on every machine and in every version, and those of one purpose do not depend on
/// how many another one drew. Source: SplitMix64 (Steele, Lea, Flood 2014).
/// </summary>
public sealed class SeededStream
{
    private readonly Dictionary<object, int> _places = new(ReferenceEqualityComparer.Instance);
    private ulong _state;

    /// <summary>Starts the stream of a seed and of a purpose.</summary>
    /// <param name="seed">The seed of the run.</param>
    /// <param name="purpose">Tells the streams of one seed apart.</param>
    /// <param name="index">Number of the worker or shard that the stream is for.</param>
    public SeededStream(long seed, string purpose, int index = 0)
    {
        // FNV-1a: string.GetHashCode differs from run to run.
        ulong hash = 14695981039346656037;
        foreach (char letter in Throw.IfNull(purpose))
            hash = (hash ^ letter) * 1099511628211;
        _state = Mixed(Mixed((ulong)seed) ^ hash) ^ Mixed((ulong)index + 0x1234567);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mixed(_state += 0x9E3779B97F4A7C15);

    /// <summary>A number in [0, 1).</summary>
    public double NextUnit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in 0 … <paramref name="count"/> − 1. Errors: TG2004 below 1.</summary>
    /// <param name="count">How many there are to choose from.</param>
    public int Next(int count) => (int)(NextUnit() * Check.AtLeast(1, count, "stream"));

    /// <summary>A number of the normal distribution with mean 0 and deviation 1. Source: Box and Muller 1958.</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextUnit()));
        return radius * Math.Cos(2 * Math.PI * NextUnit());
    }

    /// <summary>The numbers 0 … <paramref name="count"/> − 1 in a random order.</summary>
    /// <param name="count">How many.</param>
    public int[] NextOrder(int count)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--)
        {
            int j = Next(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>The next place of a list that is gone through again and again. Each list has a place of its own.</summary>
    internal int NextPlace(IReadOnlyCollection<double> list)
    {
        int place = _places.GetValueOrDefault(list);
        _places[list] = (place + 1) % list.Count;
        return place;
    }

    private static ulong Mixed(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
