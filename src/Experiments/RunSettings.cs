using System.Globalization;

namespace TensorGraph.Staleness.Experiments;

/// <summary>One run of a grid.</summary>
public sealed record RunSettings(
    Grid Grid, int Workers, string Mode, string Optimizer, double Rate, int Batch, double Decay, string Rule, int Seed)
{
    private const double Momentum = 0.9;

    /// <summary>The settings without the seed, as text.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Workers} workers, {Mode}, {Optimizer} {Rate}, batch {Batch}, decay {Decay}, {Rule}");

    /// <summary>Errors: TG2004 a setting with which the run would fail later.</summary>
    public void Validate()
    {
        Duration.Parse(Grid.Compute);
        var mode = TrainingMode.Parse(Mode);
        AtLeast(1, Workers, "workers");
        AtLeast(1, Batch, "batch");
        AtLeast(1, Grid.Gradients, "gradients");
        AtLeast(0, Grid.EvaluateEvery, "evaluate_every");
        if (!mode.IsDecentralised)
            mode.CreatePolicy(Workers);
        var setup = Setup(meanStaleness: 0);
        setup.CreateOptimizer();
        setup.Validate(mode);
        if (Rule.Split('+').Contains("momentum") && Optimizer != "momentum")
            throw Unknown("use of rule 'momentum' with optimizer", Optimizer, "optimizer momentum, or leave the rule out");
        // One gradient: the settings that only a simulation looks at.
        (this with { Grid = Grid with { Gradients = 1 } }).Simulate();
    }

    /// <summary>The order of events; a seed has one, whatever is learnt in it.</summary>
    public Schedule Simulate() => Simulator.Run(new()
    {
        Mode = TrainingMode.Parse(Mode),
        Workers = SimulationSettings.Equal(Workers, new()
        {
            Compute = Duration.Parse(Grid.Compute), SlowShare = Grid.SlowShare, SlowFactor = Grid.SlowFactor,
        }),
        Gradients = Grid.Gradients,
        Seed = Seed,
    });

    public TrainingSetup Setup(double meanStaleness)
    {
        var rule = UpdateRule.None;
        GradientClipping? clipping = null;
        Func<Tensor, Tensor>? schedule = null;
        double momentum = Momentum;
        foreach (string part in Rule.Split('+'))
        {
            string[] words = part.Split(':');
            double number = words.Length == 2 && double.TryParse(words[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double read) ? read
                : double.NaN;
            (rule, clipping, schedule, momentum) = (words[0], words.Length, double.IsNaN(number)) switch
            {
                ("none", 1, _) => (rule, clipping, schedule, momentum),
                ("rate", 1, _) => (rule with { DividesRate = true }, clipping, schedule, momentum),
                ("dc", 2, false) => (rule with { Compensation = new(number) }, clipping, schedule, momentum),
                ("dca", 2, false) => (rule with { Compensation = new(number, memory: 0.95) }, clipping, schedule, momentum),
                ("momentum", 1, _) => (rule, clipping, schedule, UpdateRule.CorrectedMomentum(Momentum, meanStaleness)),
                ("clip", 2, false) => (rule, GradientClipping.ByGlobalNorm(number), schedule, momentum),
                ("warmup", 2, false) => (rule, clipping, Schedules.Warmup((int)number), momentum),
                _ => throw Unknown("rule", part, "none, rate, dc:LAMBDA, dca:LAMBDA, momentum, clip:NORM or warmup:STEPS, joined by +"),
            };
        }

        Optimizer Create() => Optimizer switch
        {
            "sgd" => new Sgd(Rate, weightDecay: Decay) { Clipping = clipping, Schedule = schedule },
            "momentum" => new Sgd(Rate, momentum, weightDecay: Decay) { Clipping = clipping, Schedule = schedule },
            "adam" => new AdamW(Rate, Decay) { Clipping = clipping, Schedule = schedule },
            "rmsprop" when Decay == 0 => new RmsProp(Rate) { Clipping = clipping, Schedule = schedule },
            _ => throw Unknown("optimizer", Optimizer, "sgd, momentum, adam or rmsprop (without decay)"),
        };
        return new() { CreateOptimizer = Create, Rule = rule, Seed = Seed, EvaluateEvery = Grid.EvaluateEvery };
    }

    internal static void AtLeast(int least, int value, string name)
    {
        if (value < least)
            throw new GraphException(DiagnosticIds.OutOfRange, $"experiment: '{name}' is {value}", $"It must be at least {least}.");
    }

    internal static GraphException Unknown(string what, string text, string known) =>
        new(DiagnosticIds.OutOfRange, $"experiment: there is no {what} '{text}'", $"Write {known}.");
}

/// <summary>A run and what came of it.</summary>
public sealed record RunResult(RunSettings Settings, Schedule Schedule, TrainingOutcome Outcome)
{
    private const int Tail = 50;

    /// <summary>Mean training loss of the last batches; infinite after a divergence.</summary>
    public double TailLoss => Outcome.IsDiverged ? double.PositiveInfinity : Outcome.Points.TakeLast(Tail).Average(point => point.Loss);

    /// <summary>
    /// How unsteady training was: by how much the test loss rose in all, from one evaluation to the next; infinite after a divergence.
    /// </summary>
    public double Rise => Outcome.IsDiverged ? double.PositiveInfinity
        : Outcome.Evaluations.Zip(Outcome.Evaluations.Skip(1), (before, after) => Math.Max(0, after.Loss - before.Loss)).Sum();
}
