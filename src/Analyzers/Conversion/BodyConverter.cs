using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Turns the body of a method, lambda or local function into the body of its twin. Statements that no tensor decides are copied.
/// Staged ones become calls of <c>Flow</c> around their copied parts. A jump out of a staged statement becomes a flag: what would
/// have been skipped stands in a branch on that flag (or, where the jump is certain, in the other branch of its <c>if</c>).
/// </summary>
internal sealed partial class BodyConverter
{
    private readonly ConversionContext _context;
    private readonly SyntaxNode _function;
    private readonly ITypeSymbol? _returnType;
    private readonly bool _hasStaged;
    private readonly bool _hasThrow;
    private readonly HashSet<string> _readFlags = new(StringComparer.Ordinal);
    private readonly HashSet<StatementSyntax> _hoisted = [];
    private readonly Dictionary<ISymbol, int> _declaredAt = new(SymbolEqualityComparer.Default);

    // How many staged branches and bodies surround the current statement, and at which of these levels each jump target's own C# jump still works.
    private int _stagedDepth;
    // At this level a C# catch sees what C# throws.
    private int _caughtDepth;
    private readonly List<Stop> _stops = [];
    private readonly Dictionary<SyntaxNode, int> _hostDepth = [];
    private bool _returnsByFlag;
    private StatementSyntax? _copied;

    public BodyConverter(ConversionContext context, SyntaxNode function, ITypeSymbol? returnType)
    {
        _context = context;
        _function = function;
        _returnType = returnType is null or { SpecialType: SpecialType.System_Void } ? null : returnType;
        _hasThrow = Staging.InSameFunction(function).Any(n => n is ThrowStatementSyntax or ThrowExpressionSyntax);
        _hasStaged = Staging.InSameFunction(function).OfType<StatementSyntax>().Any(s => Staging.IsStagedStatement(s, Model));
    }

    private SemanticModel Model => _context.Model;

    private Flag Returned => new(_context.Name(_function, "returned"), FlagKind.Return, _function);

    private string Result => _context.Name(_function, "result");

    /// <summary>The statements of the body, without braces.</summary>
    public CodeWriter Block(BlockSyntax body, int depth)
    {
        CheckFunction();
        // The first run finds out which flags somebody reads; the second writes them, and no others.
        CodeWriter first = Run(body, depth);
        return _readFlags.Count == 0 ? first : Run(body, depth);
    }

    /// <summary>The statement that an expression body stands for.</summary>
    public CodeWriter Expression(ExpressionSyntax body, int depth)
    {
        var writer = new CodeWriter(depth);
        writer.Mapped(body, _returnType is null || body is ThrowExpressionSyntax ? "" : "return ", Text(body), ";");
        return writer;
    }

    private CodeWriter Run(BlockSyntax body, int depth)
    {
        _hoisted.Clear();
        _hostDepth.Clear();
        _hostDepth[_function] = 0;
        _stagedDepth = 0;
        _returnsByFlag = false;
        var statements = new CodeWriter(depth);
        Exits exits = Statements(statements, body.Statements, 0);
        bool byFlag = exits.Any || _returnsByFlag;
        var writer = new CodeWriter(depth);
        // Like a local without a value: branches may be compared before both have given one.
        foreach (IParameterSymbol parameter in OutParameters())
            writer.Hidden($"{StagedRegion.Identifier(parameter)} = {Structure.Of(parameter.Type).Build(() => $"{Flow}.Undefined")};");
        if (byFlag && _returnType is not null)
            writer.Hidden($"{TypeText(_returnType)} {Result} = {Structure.Of(_returnType).Build(() => $"{Flow}.Undefined")};");
        if (_readFlags.Contains(Returned.Name))
            writer.Hidden($"{Tensor} {Returned.Name} = {Flow}.False;");
        writer.Append(statements);
        if (byFlag && _returnType is not null)
            writer.Hidden($"return {Result};");
        return writer;
    }

    private IEnumerable<IParameterSymbol> OutParameters()
    {
        ISymbol? function = _function is AnonymousFunctionExpressionSyntax ? Model.GetSymbolInfo(_function).Symbol : Model.GetDeclaredSymbol(_function);
        return _hasStaged && function is IMethodSymbol method ? method.Parameters.Where(p => p.RefKind == RefKind.Out && Structure.Of(p.Type).IsFixed) : [];
    }

    private const string Flow = TensorGraphTypes.Flow;
    private const string Tensor = "global::TensorGraph.Tensor";

    private static string TypeText(ITypeSymbol type) => Structure.Of(type).TypeName;

    /// <summary>Converts <paramref name="list"/> from <paramref name="start"/> on; what follows a statement that may have jumped stands in a branch.</summary>
    private Exits Statements(CodeWriter writer, IReadOnlyList<StatementSyntax> list, int start)
    {
        for (int i = start; i < list.Count; i++)
        {
            if (_hoisted.Contains(list[i]))
                continue;
            if (list[i] is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } use)
            {
                CheckDisposal(use.UsingKeyword, use, use.Declaration, list.Skip(i + 1));
                if (_stagedDepth > 0)
                    return Disposing(writer, use, list, i);
            }
            bool hasRest = list.Skip(i + 1).Any(s => !_hoisted.Contains(s) && s is not LocalFunctionStatementSyntax);
            if (hasRest && _stagedDepth > 0 && ThrowsByHost(list[i]))
                return Stopping(writer, list, i);
            if (hasRest && list[i] is IfStatementSyntax branch && NeedsConversion(branch))
                return If(writer, branch, list, i);
            Exits exits = Statement(writer, list[i]);
            if (exits.Any)
                return Rest(writer, exits, list, i);
        }
        return Exits.None;
    }

    /// <summary>What a <c>using</c> declares ends with its block: before the values that the block changed leave a branch or loop.</summary>
    private Exits Disposing(CodeWriter writer, LocalDeclarationStatementSyntax use, IReadOnlyList<StatementSyntax> list, int index)
    {
        HoistLocalFunctions(writer, list, index);
        writer.OpenBlock();
        Copy(writer, use);
        Exits exits = Statements(writer, list, index + 1);
        writer.CloseBlock();
        return exits;
    }

    /// <summary>Converts what follows <c>list[index]</c>, which may have set the flags of <paramref name="exits"/>.</summary>
    private Exits Rest(CodeWriter writer, Exits exits, IReadOnlyList<StatementSyntax> list, int index)
    {
        if (index + 1 >= list.Count || !EndsNormally(list[index]))
            return exits;
        if (!exits.Any)
            return Statements(writer, list, index + 1);
        HoistLocalFunctions(writer, list, index + 1);
        List<StatementSyntax> rest = [.. list.Skip(index + 1).Where(s => !_hoisted.Contains(s))];
        return rest.Count == 0 ? exits : exits.And(Guarded(writer, exits, list, index + 1));
    }

    /// <summary>What follows a possible jump, in a branch that is taken if none of the flags is set.</summary>
    private Exits Guarded(CodeWriter writer, Exits guards, IReadOnlyList<StatementSyntax> list, int start)
    {
        StatementSyntax[] region = [.. list.Skip(start)];
        string name = _context.Name(region[0], "rest");
        var inner = new CodeWriter(writer.Depth + 1);
        int stops = _stops.Count;
        _stagedDepth++;
        RaiseStops(guards);
        Exits exits = Statements(inner, list, start);
        _stops.RemoveRange(stops, _stops.Count - stops);
        _stagedDepth--;
        var analysis = _context.Region(_function, region);
        ReportHostVariables(analysis, guards);
        List<CarriedVariable> carried = With(analysis.Carried(), exits);
        WriteGuard(writer, name, guards, carried, inner, Dead(analysis, carried));
        return exits;
    }

    private void WriteGuard(CodeWriter writer, string name, Exits guards, List<CarriedVariable> carried, CodeWriter inner, List<string> dead)
    {
        Save(writer, name, dead);
        writer.Hidden($"var {name} = {Flow}.If({NoneOf(guards)}, {Carry(carried)};");
        writer.Hidden($"if ({name}.Then())");
        writer.OpenBlock();
        writer.Append(inner);
        writer.Hidden($"{name}.EndThen({CarriedVariable.Values(carried)});");
        writer.CloseBlock();
        writer.Hidden($"{name}.End();");
        WriteResults(writer, name, carried);
        Restore(writer, name, dead);
    }

    // Only a branch on a flag, and what follows a throw, mention a variable that C# would not read.
    private List<string> Dead(StagedRegion region, List<CarriedVariable> carried) => _readFlags.Count > 0 || _hasThrow ? [.. region.Dead(carried)] : [];

    private static void Save(CodeWriter writer, string name, IEnumerable<string> variables)
    {
        foreach (string variable in variables)
            writer.Hidden($"var {name}_{variable.TrimStart('@')} = {variable};");
    }

    private static void Restore(CodeWriter writer, string name, IEnumerable<string> variables)
    {
        foreach (string variable in variables)
            writer.Hidden($"{variable} = {name}_{variable.TrimStart('@')};");
    }

    private static void WriteResults(CodeWriter writer, string name, List<CarriedVariable> carried)
    {
        if (carried.Count > 0)
            writer.Hidden(CarriedVariable.AssignAll(carried, name + ".Result"));
    }

    // The last arguments of If or While, and the end of the call.
    private static string Carry(List<CarriedVariable> carried) =>
        (carried.All(c => c.IsContainer) ? "[]" : $"{CarriedVariable.Names(carried)}, {CarriedVariable.Values(carried)}") + ")" + CarriedVariable.Over(carried);

    /// <summary>A condition that holds while none of the flags is set.</summary>
    private string NoneOf(Exits exits)
    {
        foreach (Flag flag in exits.Flags)
            _readFlags.Add(flag.Name);
        return $"{Flow}.NoneOf({string.Join(", ", exits.Ordered.Select(f => f.Name))})";
    }

    /// <summary>Adds what jumps in a region change: the flags that somebody reads, and the result.</summary>
    private List<CarriedVariable> With(List<CarriedVariable> carried, Exits exits)
    {
        if (_returnType is not null && exits.Flags.Any(f => f.Kind == FlagKind.Return))
            carried.Add(new("return value", Result, Structure.Of(_returnType)));
        Structure flag = new(StructureKind.Tensor, Model.Compilation.ObjectType, []);
        carried.AddRange(exits.Ordered.Where(f => _readFlags.Contains(f.Name)).Select(f => CarriedVariable.Own(f.Name, flag)));
        return carried;
    }

    /// <summary>True if control can reach the end of <paramref name="statement"/>.</summary>
    private bool EndsNormally(StatementSyntax statement) =>
        statement is LocalFunctionStatementSyntax || Model.AnalyzeControlFlow(statement) is not { Succeeded: true, EndPointIsReachable: false };

    /// <summary>
    /// Local functions that are called before the place where they stand move in front of a split of their block.
    /// One that uses a variable of the rest cannot be called before, and stays.
    /// </summary>
    private void HoistLocalFunctions(CodeWriter writer, IReadOnlyList<StatementSyntax> list, int start)
    {
        var declared = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (VariableDeclaratorSyntax variable in list.Skip(start).OfType<LocalDeclarationStatementSyntax>().SelectMany(d => d.Declaration.Variables))
            declared.Add(Model.GetDeclaredSymbol(variable)!);
        foreach (LocalFunctionStatementSyntax function in list.Skip(start).OfType<LocalFunctionStatementSyntax>())
        {
            if (!_hoisted.Contains(function) && !function.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => Names.SymbolOf(n, Model) is { } used && declared.Contains(used)))
            {
                Statement(writer, function);
                _hoisted.Add(function);
            }
        }
    }
}
