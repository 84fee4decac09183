using System.Globalization;

namespace TensorGraph.Staleness.Experiments;

/// <summary>One run of a grid.</summary>
public sealed record RunSettings(
    Grid Grid, int Workers, string Mode, string Optimizer, double Rate, int Batch, double Decay, string Rule, int Seed)
{
    private const double Momentum = 0.9;

    // More would be neither simulated nor trained in reasonable time and memory; a gradient has three events at least.
    private const int MostWorkers = 10_000, MostGradients = 3_000_000;

    // Events of the check: the first gradient of a run comes before that, or never.
    private const int FirstEvents = 1_000_000;

    private const string Rules = "none, rate, dc:LAMBDA, dca:LAMBDA, momentum, clip:NORM or warmup:STEPS, joined by +";

    /// <summary>The settings without the seed, as text.</summary>
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{Workers} workers, {Mode}, {Optimizer} {Rate}, batch {Batch}, decay {Decay}, {Rule}");

    /// <summary>Errors: TG2004 a setting with which the run would fail later.</summary>
    public void Validate()
    {
        Duration.Parse(Grid.Compute);
        var mode = TrainingMode.Parse(Mode);
        Within(1, MostWorkers, Workers, "workers");
        Within(1, int.MaxValue, Batch, "batch");
        Within(1, MostGradients, Grid.Gradients, "gradients");
        Within(0, int.MaxValue, Grid.EvaluateEvery, "evaluate_every");
        Within(0, double.MaxValue, Rate, "rate");
        Within(0, double.MaxValue, Decay, "decay");
        if (!mode.IsDecentralised)
            mode.CreatePolicy(Workers);
        var setup = Setup(meanStaleness: 0);
        setup.CreateOptimizer();
        setup.Validate(mode);
        if (Rule.Split('+').Contains("momentum") && Optimizer != "momentum")
            throw Unknown("use of rule 'momentum' with optimizer", Optimizer, "optimizer momentum, or leave the rule out");
        // One gradient: the settings that only a simulation looks at.
        WholeSchedule((this with { Grid = Grid with { Gradients = 1 } }).Simulation with { MostEvents = FirstEvents });
    }

    /// <summary>The order of events; a seed has one, whatever is learnt in it. Errors: TG2004 a run that has no end in reasonable time.</summary>
    public Schedule Simulate() => WholeSchedule(Simulation);

    private SimulationSettings Simulation => new()
    {
        Mode = TrainingMode.Parse(Mode),
        Workers = SimulationSettings.Equal(Workers, new()
        {
            Compute = Duration.Parse(Grid.Compute), SlowShare = Grid.SlowShare, SlowFactor = Grid.SlowFactor,
        }),
        Gradients = Grid.Gradients,
        Seed = Seed,
    };

    private static Schedule WholeSchedule(SimulationSettings settings)
    {
        var schedule = Simulator.Run(settings);
        return schedule.IsComplete ? schedule : throw new GraphException(DiagnosticIds.OutOfRange, string.Create(CultureInfo.InvariantCulture,
            $"experiment: {settings.MostEvents} events, {schedule.Seconds} s of the virtual clock, apply {schedule.Staleness().Count()} of {settings.Gradients} gradients"),
            "Ask for fewer gradients, or for a mode that applies them sooner.");
    }

    public TrainingSetup Setup(double meanStaleness)
    {
        var rule = UpdateRule.None;
        GradientClipping? clipping = null;
        Func<Tensor, Tensor>? schedule = null;
        double momentum = Momentum;
        string[] parts = Rule.Split('+');
        // Constant and adaptive compensation are one rule.
        string[] names = [.. parts.Select(part => part.Split(':')[0]).Select(name => name == "dca" ? "dc" : name)];
        if (names.Distinct().Count() < names.Length || (names.Length > 1 && names.Contains("none")))
        {
            throw new GraphException(DiagnosticIds.OutOfRange, $"experiment: rule '{Rule}' has two answers to one question",
                "Name each rule once, and 'none' alone.");
        }

        foreach (string part in parts)
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
                ("warmup", 2, false) when number is >= 1 and <= int.MaxValue && number == Math.Floor(number) => (rule, clipping, Schedules.Warmup((int)number), momentum),
                _ => throw Unknown("rule", part, Rules),
            };
        }

        Optimizer Create() => Optimizer switch
        {
            "sgd" => new Sgd(Rate, weightDecay: Decay) { Clipping = clipping, Schedule = schedule },
            "momentum" => new Sgd(Rate, momentum, weightDecay: Decay) { Clipping = clipping, Schedule = schedule },
            "adam" => new AdamW(Rate, Decay) { Clipping = clipping, Schedule = schedule },
            "rmsprop" when Decay == 0 => new RmsProp(Rate) { Clipping = clipping, Schedule = schedule },
            "rmsprop" => throw new GraphException(DiagnosticIds.OutOfRange, string.Create(CultureInfo.InvariantCulture,
                $"experiment: optimizer 'rmsprop' has no weight decay, and 'decay' is {Decay}"), "Write a decay of 0 for it, or another optimizer."),
            _ => throw Unknown("optimizer", Optimizer, "sgd, momentum, adam or rmsprop"),
        };
        return new() { CreateOptimizer = Create, Rule = rule, Seed = Seed, EvaluateEvery = Grid.EvaluateEvery };
    }

    internal static void Within(double least, double most, double value, string name)
    {
        if (!(value >= least && value <= most))
        {
            throw new GraphException(DiagnosticIds.OutOfRange, string.Create(CultureInfo.InvariantCulture, $"experiment: '{name}' is {value}"),
                string.Create(CultureInfo.InvariantCulture, $"It must be from {least} to {most}."));
        }
    }

    internal static GraphException Unknown(string what, string text, string known) =>
        new(DiagnosticIds.OutOfRange, $"experiment: there is no {what} '{text}'", $"Write {known}.");
}

/// <summary>A run and what came of it.</summary>
public sealed record RunResult(RunSettings Settings, Schedule Schedule, TrainingOutcome Outcome)
{
    private const int Tail = 50;

    /// <summary>The part of the schedule that was worked off: all of it, unless the training diverged in between.</summary>
    public Schedule Done { get; } = Outcome.IsDiverged ? Schedule with { Events = [.. Until(Schedule, Outcome.Points.Count)] } : Schedule;

    /// <summary>Mean training loss of the last batches; infinite after a divergence.</summary>
    public double TailLoss => Outcome.IsDiverged ? double.PositiveInfinity : Outcome.Points.TakeLast(Tail).Average(point => point.Loss);

    /// <summary>Share of the test examples with the right label at the end; 0 after a divergence.</summary>
    public double Accuracy => Outcome.IsDiverged ? 0 : Outcome.FinalAccuracy;

    /// <summary>
    /// How unsteady training was: by how much the test loss rose in all, from one evaluation to the next; infinite after a divergence.
    /// </summary>
    public double Rise => Outcome.IsDiverged ? double.PositiveInfinity
        : Outcome.Evaluations.Zip(Outcome.Evaluations.Skip(1), (before, after) => Math.Max(0, after.Loss - before.Loss)).Sum();

    // The events up to the one with which a shard has applied so many gradients.
    private static IEnumerable<ScheduleEvent> Until(Schedule schedule, long gradients)
    {
        foreach (var entry in schedule.Events)
        {
            if (gradients <= 0)
                yield break;
            yield return entry;
            if (entry.Kind is EventKind.Apply or EventKind.LocalStep && entry.Shard == 0)
                gradients -= entry.Applied.Length;
        }
    }
}
