using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// The fourth step: each region gets the values that it gives to the code after it, and what a region changes but cannot give is reported.
/// </summary>
internal sealed class ControlFlow(FunctionScope scope)
{
    private readonly HashSet<Flag> _read = [];

    /// <summary>The flags that decide about something; no others are written.</summary>
    public IReadOnlyCollection<Flag> FlagsRead => _read;

    public ImmutableArray<Node> Run(ImmutableArray<Node> body)
    {
        FindReads(body);
        return List(body);
    }

    private void FindReads(ImmutableArray<Node> nodes)
    {
        foreach (Node node in nodes)
        {
            if (node is Guard guard)
                _read.UnionWith(guard.Flags.Flags);
            else if (node is Loop { IsStaged: true } or Loop { IsGuarded: true })
                _read.UnionWith(((Loop)node).Exits.Flags);
            foreach (ImmutableArray<Node> inside in node.Bodies)
                FindReads(inside);
        }
    }

    private ImmutableArray<Node> List(ImmutableArray<Node> nodes) => [.. nodes.Select(n => (n switch
    {
        Guard guard => guard with { Results = Of(guard) },
        If { IsStaged: true } branch => branch with { Results = Of(branch) },
        Loop { IsStaged: true } loop => loop with { Results = OfStaged(loop) },
        Loop { IsGuarded: true } loop => loop with { Results = OfGuarded(loop) },
        Switch { IsStaged: true } match => Of(match),
        _ => n,
    }).WithBodies(List))];

    private RegionResults Of(Guard guard)
    {
        RegionDataFlow region = scope.Region(guard.Range, isLoop: guard.Kind != GuardKind.Rest);
        switch (guard.Kind)
        {
            case GuardKind.Rest:
                ReportHostVariables(region, guard.Flags);
                return Results(region, guard.Exits);
            case GuardKind.Step:
                HashSet<string> changed = [.. guard.Body.Cast<Evaluate>().SelectMany(s => scope.Context.Changes.In(s.Expression))
                    .Select(c => c.Name)];
                return new([.. region.Carried().Where(c => changed.Contains(c.Name)
                    || changed.Any(name => c.Name.EndsWith("." + name, StringComparison.Ordinal)))], [], []);
            default:
                return new([.. With(scope.ChangesState(((SetFlagUnless)guard.Body[0]).Condition) ? region.Carried() : [], guard.Exits)], [], []);
        }
    }

    private RegionResults Of(If branch)
    {
        CheckBranch(branch.Statement.Statement);
        CheckBranch(branch.Statement.Else?.Statement);
        if (branch.Rest is { } rest)
            ReportHostVariables(scope.Region(rest), branch.RestFlags);
        RegionResults results = Results(scope.Region(branch.Range), branch.Exits);
        return branch.Else is null ? results with { Restored = results.Dead }
            : results with { Restored = [.. RestoredOnly(branch, results.Variables).Union(results.Dead)] };
    }

    private RegionResults OfStaged(Loop loop)
    {
        RegionDataFlow region = scope.Region(loop.Range, isLoop: true);
        foreach (ISymbol variable in region.HostVariables())
            Report(region, variable);
        return Results(region, loop.Exits);
    }

    private RegionResults OfGuarded(Loop loop)
    {
        RegionDataFlow region = scope.Region(StatementRange.Of(Staging.BodyOf(loop.Statement)));
        ReportHostVariables(region, loop.Exits);
        RegionChecks.CheckHead(loop.Statement, scope);
        return Results(region, loop.Exits);
    }

    private Switch Of(Switch match)
    {
        RegionDataFlow region = scope.Region(StatementRange.Of(match.Statement));
        foreach (ISymbol variable in region.HostVariables())
            Report(region, variable);
        CarriedVariable taken = CarriedVariable.Own(scope.Context.Name(match.Source, "taken"), scope.Context.TensorStructure);
        return match with
        {
            Sections = [.. match.Sections.Select(section =>
            {
                List<CarriedVariable> carried = [.. With(region.Carried(), section.Exits), taken];
                // The sections after it are traced with the values of before, also of what nothing reads after the switch.
                ImmutableArray<string> dead = [.. Dead(region, carried)
                    .Union(region.Dead(carried).Where(variable => IsNamedInOther(section, variable)))];
                return section with { Results = new([.. carried], dead, dead) };
            })],
        };
    }

    private RegionResults Results(RegionDataFlow region, Exits exits)
    {
        List<CarriedVariable> carried = With(region.Carried(), exits);
        ImmutableArray<string> dead = Dead(region, carried);
        return new([.. carried], dead, dead);
    }

    // Only a region with a flag, and what follows a throw, mention a variable that C# would not read.
    private ImmutableArray<string> Dead(RegionDataFlow region, List<CarriedVariable> carried) =>
        _read.Count > 0 || scope.HasThrow ? [.. region.Dead(carried)] : [];

    /// <summary>Adds what jumps in a region change: the flags that decide about something, and the result.</summary>
    private List<CarriedVariable> With(List<CarriedVariable> carried, Exits exits)
    {
        if (scope.ReturnType is { } type && exits.Flags.Any(f => f.Kind == FlagKind.Return))
            carried.Add(new("return value", scope.Result, Structure.Of(type)) { IsReplaced = true });
        carried.AddRange(exits.Ordered.Where(_read.Contains).Select(f => CarriedVariable.Own(scope.NameOf(f), scope.Context.TensorStructure)));
        return carried;
    }

    /// <summary>Variables that nothing reads afterwards, but that the first branch changes and the second one reads.</summary>
    private IEnumerable<string> RestoredOnly(If branch, ImmutableArray<CarriedVariable> carried)
    {
        RegionDataFlow? other = branch.Statement.Else is { } e
            ? scope.Region(StatementRange.Of(e.Statement))
            : null, rest = branch.Rest is { } range ? scope.Region(range) : null;
        var names = new HashSet<string>(carried.Select(c => c.Expression), StringComparer.Ordinal);
        RegionDataFlow whole = scope.Region(branch.Range);
        return scope.Region(StatementRange.Of(branch.Statement.Statement)).Written.Where(whole.IsDeclaredBefore)
            .Where(v => other?.Reads(v) == true || rest?.Reads(v) == true).Select(Place.Identifier).Where(n => !names.Contains(n));
    }

    private static bool IsNamedInOther(Section section, string variable) => ((SwitchStatementSyntax)section.Statement.Parent!).Sections
        .Where(other => other != section.Statement).SelectMany(other => other.DescendantNodes()).OfType<IdentifierNameSyntax>()
        .Any(name => name.Identifier.Text == variable);

    /// <summary>Reports host variables that one branch of a staged if changes and that are read after it.</summary>
    private void CheckBranch(StatementSyntax? branch)
    {
        if (branch is null)
            return;
        RegionDataFlow region = scope.Region(StatementRange.Of(branch));
        foreach (ISymbol variable in region.HostVariables())
            Report(region, variable);
    }

    /// <summary>
    /// Reports host variables that change after a possible jump and are read later. After a return, and after a break of a host loop,
    /// only the code after that loop can see the difference.
    /// </summary>
    private void ReportHostVariables(RegionDataFlow region, Exits flags)
    {
        foreach (ISymbol variable in region.HostVariables())
        {
            if (!flags.Flags.All(f => f.Kind == FlagKind.Return
                || (f.Kind == FlagKind.Break && !scope.IsReadAfter((StatementSyntax)f.Target, variable))))
                Report(region, variable);
        }
    }

    private void Report(RegionDataFlow region, ISymbol variable)
    {
        (string name, Structure part) = HostPart(variable.Name, Structure.Of(Place.TypeOf(variable)!));
        scope.Context.Report(part.HoldsTensor ? Rules.ContainerChanged : Rules.HostVariableChanged,
            region.WriteOf(variable), name, part.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat));
    }

    /// <summary>The part of a tuple, record or struct that keeps it from being carried.</summary>
    private static (string Name, Structure Part) HostPart(string name, Structure structure)
    {
        while (structure.Kind is StructureKind.Tuple or StructureKind.Record or StructureKind.Struct)
        {
            (string part, structure) = structure.Parts.First(p => !p.Part.IsFixed);
            name = $"{name}.{part}";
        }
        return (name, structure);
    }
}
