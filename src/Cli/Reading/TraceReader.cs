using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;
using TensorGraph.Recording;

namespace TensorGraph.Cli;

/// <summary>A trace of a recording with what was compiled and ran of it.</summary>
internal sealed class TraceReader
{
    private readonly RecordingReader _recording;

    public TraceReader(RecordingReader recording, TraceEvent trace)
    {
        (_recording, Event) = (recording, trace);
        Compiled = [.. recording.Events.OfType<CompileEvent>().Where(compiled => compiled.Trace == trace.Trace)];
        Programs = [.. recording.Totals.Programs.Where(program => program.Trace == trace.Trace)];
        Inputs = recording.Events.OfType<InputsEvent>().FirstOrDefault(inputs => inputs.Trace == trace.Trace);
    }

    /// <summary>The trace.</summary>
    public TraceEvent Event { get; }

    /// <summary>Its number in the recording.</summary>
    public int Number => Event.Trace;

    /// <summary>Its compilations: one for each device that it ran on.</summary>
    public CompileEvent[] Compiled { get; }

    /// <summary>The runs, by device and sizes.</summary>
    public ProgramRow[] Programs { get; }

    /// <summary>The inputs of one call, where they were kept.</summary>
    public InputsEvent? Inputs { get; }

    /// <summary><c>Model.Step(x: f32[2])</c></summary>
    public string Name => $"{Event.Function}({Event.Signature})";

    /// <summary>Runs.</summary>
    public long Calls => Programs.Sum(program => program.Calls);

    /// <summary>Time of its runs.</summary>
    public double Milliseconds => Programs.Sum(program => program.Milliseconds);

    /// <summary>Time of the first run of each program, which may compile code; it is part of <see cref="Milliseconds"/>.</summary>
    public double FirstMilliseconds => Programs.Sum(program => program.FirstMilliseconds);

    /// <summary>Its passes, in order; none where it was never compiled.</summary>
    public PassRow[] Passes => Compiled.FirstOrDefault()?.Passes ?? [];

    /// <summary>All commands, those inside of loops and branches too.</summary>
    public IEnumerable<CommandRow> Commands => Programs.SelectMany(program => program.Commands).SelectMany(All);

    /// <summary>How <see cref="IsNamed"/> compares: the function's whole name, the end of it after a dot, or a part of it.</summary>
    public const int WaysToName = 3;

    /// <summary>True for a name of the function, in one of the ways to name it.</summary>
    public bool IsNamed(string function, int way) => way switch
    {
        0 => Event.Function.Equals(function, StringComparison.OrdinalIgnoreCase),
        1 => Event.Function.EndsWith("." + function, StringComparison.OrdinalIgnoreCase),
        _ => Event.Function.Contains(function, StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>
    /// The graph after a pass: <c>traced</c>, the name of a pass (its last run that changed something), or <c>optimized</c>.
    /// </summary>
    /// <exception cref="UsageException">There is no such pass.</exception>
    public GraphText Graph(string after)
    {
        string? file = after switch
        {
            "traced" => Event.Graph,
            "optimized" => Compiled.FirstOrDefault()?.Graph ?? throw new UsageException($"{Name} was not compiled in this recording; try --after traced."),
            _ => Passes.LastOrDefault(pass => pass.Pass == after && pass.Graph is not null)?.Graph,
        };
        if (file is not null)
            return new(_recording.Read(file), Path.Combine(_recording.Folder, file));
        string[] names = ["traced", .. Passes.Where(pass => pass.Graph is not null).Select(pass => pass.Pass).Distinct(), "optimized"];
        bool isPass = Passes.Any(pass => pass.Pass == after);
        throw new UsageException($"{(isPass ? $"pass '{after}' changed nothing in" : $"there is no pass '{after}' for")} {Name}; there is {string.Join(", ", names)}.");
    }

    /// <summary>The graph as traced, then after each pass that changed it.</summary>
    public IEnumerable<(PassRow? Pass, GraphText Graph)> Steps()
    {
        if (Event.Graph is null)
            yield break;
        yield return (null, new(_recording.Read(Event.Graph), Event.Graph));
        foreach (var pass in Passes.Where(pass => pass.Graph is not null))
            yield return (pass, new(_recording.Read(pass.Graph!), pass.Graph!));
    }

    /// <summary>Commands of a program, one after the other; null where this device takes no such graph, or nothing ran in commands.</summary>
    public LoweredRegion? Lower(Ir.Graph graph, ProgramRow program)
    {
        try
        {
            var types = program.Arguments.Select(type => Parser.Parse($"graph g(%x: {type}) {{ return }}").Entry.Parameters[0].Types[0]).ToArray();
            return program.Commands.Length == 0 ? null : RegionBuilder.Lower(graph.Entry, SizeBindings.Of(graph, types));
        }
        catch (GraphException)
        {
            return null;
        }
    }

    /// <summary>The kept inputs: those of the parameters and those of variables by name.</summary>
    /// <exception cref="UsageException">None were kept.</exception>
    public (Literal[] Parameters, Dictionary<string, Literal> Variables) ReadInputs()
    {
        if (Inputs is null)
        {
            throw new UsageException(
                $"the recording keeps no inputs of {Name}. Record with them: tgraph run --inputs -- …, or GraphRecorder.Start(folder, keepInputs: true).");
        }

        var literals = Parser.ParseLiterals(_recording.Read(Inputs.File));
        int parameters = literals.Length - Inputs.Variables.Length;
        return ([.. literals.Take(parameters)], Inputs.Variables.Zip(literals.Skip(parameters)).DistinctBy(pair => pair.First).ToDictionary());
    }

    /// <summary>The results of the C# code that the call with these inputs called, by function.</summary>
    public Dictionary<string, Literal[][]> ReadHostResults() => Inputs?.HostResults is not { } name || !_recording.Has(name) ? [] : _recording
        .Read(name).Split('\n').Select(line => line.Split('\t', 2)).Where(parts => parts.Length == 2).GroupBy(parts => parts[0])
        .ToDictionary(calls => calls.Key, calls => calls.Select(parts => Parser.ParseLiterals(parts[1]).ToArray()).ToArray());

    private static IEnumerable<CommandRow> All(CommandRow command) =>
        command.Regions.SelectMany(region => region.Commands).SelectMany(All).Prepend(command);
}
