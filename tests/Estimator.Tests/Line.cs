namespace TensorGraph.Tests;

/// <summary>y = 2x + 1 as an estimator, with all that a spec can have.</summary>
internal sealed class Line
{
    public const int Count = 20;

    private readonly Sgd _optimizer = new(0.1);

    public Dense Dense { get; } = new(1, 1);

    public MeanMetric AbsoluteError { get; } = new("error");

    public int Calls { get; private set; }

    /// <summary>Changes a spec before it is given.</summary>
    public Func<EstimatorSpec, EstimatorSpec>? Change { get; init; }

    public static Tensor X => Ops.Linspace(0, 1, Count).Reshape(Count, 1);

    public static RunConfig Quiet => new() { Output = TextWriter.Null, SaveCheckpointsSteps = 10 };

    public Estimator<Tensor, Tensor> Estimator(string? folder, RunConfig? config = null, WarmStartSettings? warmStart = null) =>
        new(Describe, folder, config ?? Quiet, warmStartFrom: warmStart);

    public static Dataset<(Tensor Features, Tensor Labels)> Batches(int size = 4) => Dataset.FromTensorSlices((X, (X * 2) + 1)).Batch(size);

    public static Dataset<(Tensor Features, Tensor Labels)> Endless() => Batches().Repeat();

    private EstimatorSpec Describe(Tensor x, Tensor y, EstimatorMode mode, object? parameters)
    {
        Calls++;
        Tensor guess = Dense.Call(x);
        if (mode == EstimatorMode.Predict)
            return new(mode, predictions: new Dictionary<string, Tensor> { ["guess"] = guess, ["twice"] = guess * 2 });
        AbsoluteError.Update(Ops.Abs(guess - y));
        Tensor loss = Loss.MeanSquaredError(guess, y);
        var spec = new EstimatorSpec(mode, loss, TrainOp.Minimize(_optimizer, loss), new Dictionary<string, Metric> { ["error"] = AbsoluteError })
        {
            Watched = new Dictionary<string, Tensor> { ["guess"] = guess },
            Summaries = new Dictionary<string, Tensor> { ["mean_guess"] = Ops.Mean(guess) },
        };
        return Change?.Invoke(spec) ?? spec;
    }
}

/// <summary>A clock that tests move.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.UtcTicks;

    public void Advance(double seconds) => _now = _now.AddSeconds(seconds);
}

/// <summary>Writes down what is called.</summary>
internal sealed class Recorder(List<string> calls, string name = "") : EstimatorHook
{
    public Action<HookContext>? OnRun { get; init; }

    /// <summary>Called in each phase but those of a step.</summary>
    public Action<string, HookContext>? OnPhase { get; init; }

    public override void Begin(HookContext context) => Phase("begin", context);

    public override void AfterCreate(HookContext context) => Phase("create", context);

    public override IReadOnlyList<string> BeforeRun(HookContext context)
    {
        calls.Add(name + "before");
        return [];
    }

    public override void AfterRun(HookContext context, IReadOnlyDictionary<string, Tensor> values)
    {
        calls.Add(name + "after");
        OnRun?.Invoke(context);
    }

    public override void End(HookContext context) => Phase("end", context);

    public override void Abort(HookContext context) => Phase("abort", context);

    private void Phase(string phase, HookContext context)
    {
        calls.Add(name + phase);
        OnPhase?.Invoke(phase, context);
    }
}

internal static class Floats
{
    public static float[] Of(Tensor tensor)
    {
        var literal = tensor.ToLiteral();
        return [.. Enumerable.Range(0, (int)literal.Count).Select(i => (float)literal.GetDouble(i))];
    }
}
