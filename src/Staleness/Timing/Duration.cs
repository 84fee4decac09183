using System.Globalization;

namespace TensorGraph.Staleness;

/// <summary>
/// A distribution of times in seconds: how long a batch, a message, a restart takes. <see cref="Parse"/> reads <c>constant:0.5</c>,
/// <c>exponential:0.5</c>, <c>uniform:0.2,0.8</c>, <c>lognormal:0.5,0.3</c> and <c>trace:0.4,0.5,0.7</c>.
/// </summary>
public abstract record Duration
{
    private const string Forms = "constant:SECONDS, exponential:MEAN, uniform:LOW,HIGH, lognormal:MEAN,SIGMA or trace:SECONDS,SECONDS,…";

    /// <summary>No time.</summary>
    public static Duration None { get; } = new ConstantDuration(0);

    /// <summary>Mean in seconds.</summary>
    public abstract double Mean { get; }

    /// <summary>Always the same. Errors: TG2004 a negative number.</summary>
    /// <param name="seconds">The time.</param>
    public static Duration Constant(double seconds) => new ConstantDuration(Check.NotNegative(seconds, "duration"));

    /// <summary>Without memory: density e^(−t / mean) / mean. Errors: TG2004 a mean of 0 or less.</summary>
    /// <param name="mean">Mean.</param>
    public static Duration Exponential(double mean) => new ExponentialDuration(Check.Positive(mean, "duration"));

    /// <summary>Even between two limits. Errors: TG2004 limits that are negative or in the wrong order.</summary>
    /// <param name="low">Shortest time.</param>
    /// <param name="high">Longest time.</param>
    public static Duration Uniform(double low, double high) =>
        new UniformDuration(Check.NotNegative(low, "duration"), Check.Range(high >= low && double.IsFinite(high), high, $"at least {low}", "duration"));

    /// <summary>The logarithm is normal with deviation <paramref name="sigma"/>. Errors: TG2004 a mean of 0 or less, a negative sigma.</summary>
    /// <param name="mean">Mean of the time itself, not of its logarithm.</param>
    /// <param name="sigma">Deviation of the logarithm.</param>
    public static Duration LogNormal(double mean, double sigma) =>
        new LogNormalDuration(Check.Positive(mean, "duration"), Check.NotNegative(sigma, "duration"));

    /// <summary>Measured times, one after the other, from the start again after the last one. Errors: TG1002 null, TG2004 none or a negative
    /// one.</summary>
    /// <param name="seconds">The times.</param>
    public static Duration Trace(params IReadOnlyList<double> seconds)
    {
        Check.AtLeast(1, Throw.IfNull(seconds).Count, "duration", "number of times");
        return new TraceDuration([.. seconds.Select(time => Check.NotNegative(time, "duration"))]);
    }

    /// <summary>Reads a text form. Errors: TG1002 null, TG2004 another form.</summary>
    /// <param name="text">Such as <c>lognormal:0.5,0.3</c>; a number alone is a constant.</param>
    public static Duration Parse(string text)
    {
        string[] parts = Throw.IfNull(text).Split(':', 2);
        double[] numbers =
        [
            .. parts[^1].Split(',').Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                ? number : throw Check.Unreadable("duration", text, Forms)),
        ];
        return (parts.Length == 1 ? "constant" : parts[0].Trim(), numbers) switch
        {
            ("constant", [var seconds]) => Constant(seconds),
            ("exponential", [var mean]) => Exponential(mean),
            ("uniform", [var low, var high]) => Uniform(low, high),
            ("lognormal", [var mean, var sigma]) => LogNormal(mean, sigma),
            ("trace", _) => Trace(numbers),
            _ => throw Check.Unreadable("duration", text, Forms),
        };
    }

    /// <summary>The next time of a stream.</summary>
    /// <param name="random">Where the random numbers come from.</param>
    public abstract double Sample(SeededStream random);

    /// <summary>The text form.</summary>
    public sealed override string ToString() => Text();

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    protected abstract string Text();

    private protected static string Text(string kind, params double[] numbers) =>
        $"{kind}:{string.Join(',', numbers.Select(number => number.ToString("r", CultureInfo.InvariantCulture)))}";

    private sealed record ConstantDuration(double Seconds) : Duration
    {
        public override double Mean => Seconds;

        public override double Sample(SeededStream random) => Seconds;

        protected override string Text() => Text("constant", Seconds);
    }

    private sealed record ExponentialDuration(double Average) : Duration
    {
        public override double Mean => Average;

        public override double Sample(SeededStream random) => -Average * Math.Log(1 - random.NextUnit());

        protected override string Text() => Text("exponential", Average);
    }

    private sealed record UniformDuration(double Low, double High) : Duration
    {
        public override double Mean => (Low + High) / 2;

        public override double Sample(SeededStream random) => Low + ((High - Low) * random.NextUnit());

        protected override string Text() => Text("uniform", Low, High);
    }

    private sealed record LogNormalDuration(double Average, double Sigma) : Duration
    {
        public override double Mean => Average;

        public override double Sample(SeededStream random) => Average * Math.Exp((Sigma * random.NextNormal()) - (Sigma * Sigma / 2));

        protected override string Text() => Text("lognormal", Average, Sigma);
    }

    private sealed record TraceDuration(double[] Seconds) : Duration
    {
        public override double Mean => Seconds.Average();

        public override double Sample(SeededStream random) => Seconds[random.NextPlace(Seconds)];

        protected override string Text() => Text("trace", Seconds);
    }
}
