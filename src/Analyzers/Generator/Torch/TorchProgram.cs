using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// The graph functions on TorchSharp's tensors of one compilation, and the methods that they reach. Each gets a form on our tensors, in a tree beside
/// that of its file; of these the compiler finds the overloads of the shadow API, and conversion makes twins as of any others.
/// </summary>
internal sealed class TorchProgram
{
    private static readonly ConditionalWeakTable<Compilation, TorchProgram> s_programs = new();

    private readonly Compilation _compilation;
    private readonly Dictionary<SyntaxTree, List<MethodDeclarationSyntax>> _methods = [];
    private readonly HashSet<IMethodSymbol> _shadowed = new(SymbolEqualityComparer.Default);
    // Those that a graph function reaches by their names. Others run only if a module of their type comes along.
    private readonly HashSet<IMethodSymbol> _reached = new(SymbolEqualityComparer.Default);
    private readonly List<(IMethodSymbol Overridden, IMethodSymbol Method)> _overrides = [];
    private readonly Dictionary<MethodDeclarationSyntax, string> _texts = [];
    private readonly Dictionary<IMethodSymbol, List<Diagnostic>> _found = new(SymbolEqualityComparer.Default);
    private readonly List<IMethodSymbol> _traced = [];
    private readonly Dictionary<IMethodSymbol, FunctionConversion> _conversions = new(SymbolEqualityComparer.Default);

    private TorchProgram(Compilation compilation)
    {
        _compilation = compilation;
        Collect();
        foreach (IMethodSymbol method in _shadowed.ToArray())
            Rewrite(method);
        var trees = _methods.ToDictionary(pair => TorchTree.Of(pair.Key, pair.Value, _texts), pair => pair.Key);
        Files = trees;
        // References to our own generated code are found again in it. Analyzers see a compilation that has these trees already, as generated files.
        var generated = new HashSet<string>(_methods.Keys.Select(TorchTree.HintName));
        IEnumerable<SyntaxTree> before = compilation.SyntaxTrees.Where(t => generated.Contains(Path.GetFileName(t.FilePath)));
        Compilation shadow = compilation.RemoveSyntaxTrees(before).AddSyntaxTrees(trees.Keys);
        CallGraph calls = Graph = CallGraph.Of(shadow);
        var broken = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        foreach (KeyValuePair<SyntaxTree, SyntaxTree> tree in trees)
            FindMissing(tree.Key, tree.Value, calls, broken);
        foreach (KeyValuePair<SyntaxTree, SyntaxTree> tree in trees)
            Convert(tree.Key, trees, calls, broken);
    }

    public static TorchProgram Of(Compilation compilation) => s_programs.GetValue(compilation, static c => new TorchProgram(c));

    /// <summary>The call graph of the program with the forms on our tensors.</summary>
    public CallGraph Graph { get; }

    /// <summary>The file of each tree with such forms.</summary>
    public IReadOnlyDictionary<SyntaxTree, SyntaxTree> Files { get; }

    /// <summary>The forms on our tensors of graph functions, and of the modules that they run by their names.</summary>
    public IReadOnlyList<IMethodSymbol> Traced => _traced;

    /// <summary>True for a place in a method that has a form on our tensors, which runs in place of it.</summary>
    public bool HasForm(Location place) => _methods.TryGetValue(place.SourceTree!, out List<MethodDeclarationSyntax> methods)
        && methods.Any(m => m.Span.Contains(place.SourceSpan));

    /// <summary>The conversion of a graph function on torch tensors.</summary>
    public FunctionConversion? Conversion(IMethodSymbol function) => _conversions.TryGetValue(function, out FunctionConversion found) ? found : null;

    /// <summary>All that is generated for the methods of a file.</summary>
    public ImmutableArray<GraphFunctionFiles> FilesOf(SyntaxTree file) =>
        [.. _conversions.Where(c => c.Key.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == file))
            .Select(c => c.Value.Files).OfType<GraphFunctionFiles>(),
            .. _others.TryGetValue(file, out GraphFunctionFiles? others) ? new[] { others } : []];

    private readonly Dictionary<SyntaxTree, GraphFunctionFiles> _others = [];

    // Graph functions, what they call, and the forward methods of modules, which a sequence of modules may run.
    private void Collect()
    {
        var work = new Queue<(IMethodSymbol Method, bool IsReached)>();
        foreach (SyntaxTree file in _compilation.SyntaxTrees)
        {
            foreach (MethodDeclarationSyntax method in MarkedMethods.In(file))
            {
                if (_compilation.GetSemanticModel(file).GetDeclaredSymbol(method) is { } symbol && symbol.GraphFunction() is not null
                    && symbol.IsTorchFunction(_compilation))
                    work.Enqueue((symbol, true));
            }
        }
        if (work.Count == 0)
            return;
        foreach (MethodDeclarationSyntax method in _compilation.SyntaxTrees.SelectMany(MarkedMethods.OverridesIn))
        {
            if (_compilation.GetSemanticModel(method.SyntaxTree).GetDeclaredSymbol(method) is not { } symbol)
                continue;
            if (symbol.OverriddenMethod is { } overridden)
                _overrides.Add((CallGraph.Definition(overridden), symbol));
            if (symbol.Name == "forward" && symbol.ContainingType.IsTorchModule())
                work.Enqueue((symbol, false));
        }
        while (work.Count > 0)
        {
            (IMethodSymbol method, bool isReached) = work.Dequeue();
            bool isNew = _shadowed.Add(method);
            if (!isNew && (!isReached || _reached.Contains(method)))
                continue;
            if (isReached)
                _reached.Add(method);
            if (DeclarationOf(method) is not { } declaration)
                continue;
            if (isNew)
            {
                if (!_methods.TryGetValue(declaration.SyntaxTree, out List<MethodDeclarationSyntax> list))
                    _methods.Add(declaration.SyntaxTree, list = []);
                list.Add(declaration);
            }
            foreach (IMethodSymbol other in OverridesOf(method))
                work.Enqueue((other, isReached));
            SemanticModel model = _compilation.GetSemanticModel(declaration.SyntaxTree);
            foreach (SimpleNameSyntax name in declaration.DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (CalledBy(name, model) is { } definition && NeedsShadow(definition))
                    work.Enqueue((definition, isReached));
            }
        }
    }

    // A call may run any of them.
    private IEnumerable<IMethodSymbol> OverridesOf(IMethodSymbol method) =>
        _overrides.Where(pair => SymbolEqualityComparer.Default.Equals(pair.Overridden, method)).Select(pair => pair.Method);

    // A module that is called runs its forward method.
    private static IMethodSymbol? CalledBy(SimpleNameSyntax name, SemanticModel model)
    {
        if (!Names.MayBeMember(name) || Names.SymbolOf(name, model) is not IMethodSymbol called)
            return null;
        return name.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call && TorchSymbols.OwnForward(call, called, model) is { } forward
            ? forward
            : CallGraph.Definition(called);
    }

    private static MethodDeclarationSyntax? DeclarationOf(IMethodSymbol method) =>
        (method.PartialImplementationPart ?? method).DeclaringSyntaxReferences.Select(r => r.GetSyntax()).OfType<MethodDeclarationSyntax>()
            .FirstOrDefault(m => m.Body is not null || m.ExpressionBody is not null || m.Modifiers.Any(SyntaxKind.AbstractKeyword));

    // A method of the program that has something to do with torch tensors or modules.
    private bool NeedsShadow(IMethodSymbol method) =>
        method.MethodKind == MethodKind.Ordinary && SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, _compilation.Assembly)
        && DeclarationOf(method) is { } declaration && (method.Parameters.Select(p => p.Type).Append(method.ReturnType).Any(t => t.HoldsTorchTensor())
            || UsesTensors(declaration));

    private bool UsesTensors(MethodDeclarationSyntax declaration)
    {
        SemanticModel model = _compilation.GetSemanticModel(declaration.SyntaxTree);
        return declaration.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => model.GetSymbolInfo(call).Symbol.IsTorch());
    }

    private void Rewrite(IMethodSymbol method)
    {
        if (DeclarationOf(method) is not { } declaration)
            return;
        var found = new List<Diagnostic>();
        _found[method] = found;
        var rewrite = new TorchRewrite(
            _compilation.GetSemanticModel(declaration.SyntaxTree), m => _shadowed.Contains(CallGraph.Definition(m)),
            m => _shadowed.Contains(CallGraph.Definition(m)) && UsesGradients(CallGraph.Definition(m)), found.Add);
        _texts[declaration] = rewrite.Method(declaration, method, overrides: method.OverriddenMethod is { } overridden
            && _shadowed.Contains(CallGraph.Definition(overridden)), Records(method));
        foreach (IParameterSymbol parameter in method.GraphFunction() is null ? [] : method.Parameters)
        {
            if (!parameter.Type.IsArgument())
                found.Add(Diagnostic.Create(Rules.NotInTorchSurface, parameter.Locations[0], parameter.Type.ToDisplayString(),
                    "Arguments are tensors, tuples of them, arrays and lists of tensors, and dictionaries of tensors by names"));
        }
        if (method.GraphFunction() is not null && !method.ReturnType.IsResult())
            found.Add(Diagnostic.Create(Rules.NotInTorchSurface, declaration.ReturnType.GetLocation(), method.ReturnType.ToDisplayString(),
                "Results are tensors, tuples of them, arrays and lists of tensors"));
        if (MethodRules.NotPartial(declaration) is { } type && (_reached.Contains(method) || type.Modifiers.Any(SyntaxKind.PartialKeyword)))
            found.Add(Diagnostic.Create(Rules.TypeIsNotPartial, type.Identifier.GetLocation(), type.Identifier.Text,
                method.GraphFunction() is null ? $"'{method.Name}', which a graph function runs," : $"the graph function '{method.Name}'"));
    }

    private static readonly HashSet<string> s_backward = ["backward"];

    // What changes gradients without computing any.
    private static readonly HashSet<string> s_changes = ["zero_grad", "clip_grad_norm_", "clip_grad_value_", "grad"];

    private readonly Dictionary<IMethodSymbol, bool> _usesGradients = new(SymbolEqualityComparer.Default);

    private bool UsesGradients(IMethodSymbol method)
    {
        if (!_usesGradients.TryGetValue(method, out bool uses))
            _usesGradients.Add(method, uses = Calls(method, TorchRewrite.Gradients));
        return uses;
    }

    // Null for a method that does nothing to gradients.
    private bool? Records(IMethodSymbol method) =>
        method.GraphFunction() is null ? null : CallsBackward(method) ? true : Calls(method, s_changes) ? false : null;

    private bool CallsBackward(IMethodSymbol method) => Calls(method, s_backward);

    private bool Calls(IMethodSymbol method, HashSet<string> names) => Reached(method).Select(DeclarationOf).OfType<MethodDeclarationSyntax>()
        .Any(m => m.DescendantNodes().OfType<SimpleNameSyntax>().Any(name => names.Contains(name.Identifier.Text)));

    // What the compiler does not find is not in the shadow API.
    private void FindMissing(SyntaxTree shadow, SyntaxTree file, CallGraph calls, HashSet<IMethodSymbol> broken)
    {
        // A warning that the project takes for an error says nothing about the shadow API.
        foreach (Diagnostic error in calls.Model(shadow).GetDiagnostics().Where(d => d.DefaultSeverity == DiagnosticSeverity.Error))
        {
            SyntaxNode? at = shadow.GetRoot().FindNode(error.Location.SourceSpan).FirstAncestorOrSelf<MethodDeclarationSyntax>();
            IMethodSymbol? method = at is MethodDeclarationSyntax declared ? OriginalOf(declared, file) : null;
            if (method is null || !_found.TryGetValue(method, out List<Diagnostic> found))
                continue;
            broken.Add(method);
            // An error in the program itself is the compiler's to report.
            if (found.Count == 0 && DeclarationOf(method) is { } declaration
                && !_compilation.GetSemanticModel(file).GetDiagnostics(declaration.Span).Any(d => d.Severity == DiagnosticSeverity.Error))
                found.Add(Missing(error, TorchTree.Map(error.Location, file), TorchTree.Shown(shadow, error.Location.SourceSpan),
                    error.Id == "CS1503" ? TorchTree.Called(shadow, error.Location.SourceSpan) : null));
        }
        foreach (KeyValuePair<IMethodSymbol, List<Diagnostic>> pair in _found)
        {
            if (pair.Value.Count > 0)
                broken.Add(pair.Key);
        }
    }

    // As the user wrote it: our text is longer.
    private static Diagnostic Missing(Diagnostic error, Location place, string shown, string? called)
    {
        string member = shown.TrimStart('.');
        string remedy = error.Id switch
        {
            // No such member.
            "CS1061" or "CS0117" or "CS0103" or "CS1929" => TorchRemedies.For(member, null),
            "CS1739" => member == "requires_grad" ? "Leave it out: gradients are those of parameters, and of arguments" : $"Leave out '{member}'",
            "CS0029" or "CS0266" => $"In the graph it is a tensor ({Said(error)}). Keep it one",
            _ => $"It is not covered with these arguments ({Said(error)}). Write another form of it, or call it outside",
        };
        string text = place.SourceTree!.GetText().ToString(place.SourceSpan);
        bool isName = error.Id is "CS1061" or "CS0117" or "CS0103" or "CS1929" or "CS1739";
        // An argument says less than the method that does not take it; operators have none that is written.
        bool isWritten = called is not null && place.SourceTree!.GetText().Lines.GetLineFromPosition(place.SourceSpan.Start).ToString().Contains(called + "(");
        return Diagnostic.Create(Rules.NotInTorchSurface, place, isWritten ? called : isName ? member : text, remedy);
    }

    private static string Said(Diagnostic error) => TorchTree.UserNames(error.GetMessage()).TrimEnd('.');

    private IMethodSymbol? OriginalOf(MethodDeclarationSyntax shadow, SyntaxTree file)
    {
        int index = shadow.SyntaxTree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Where(m =>
            !m.Ancestors().OfType<MethodDeclarationSyntax>().Any())
            .TakeWhile(m => m != shadow).Count();
        MethodDeclarationSyntax[] methods = [.. _methods[file].OrderBy(m => m.SpanStart)];
        return index < methods.Length ? (IMethodSymbol?)_compilation.GetSemanticModel(file).GetDeclaredSymbol(methods[index]) : null;
    }

    private void Convert(SyntaxTree shadow, IReadOnlyDictionary<SyntaxTree, SyntaxTree> trees, CallGraph calls, HashSet<IMethodSymbol> broken)
    {
        SyntaxTree file = trees[shadow];
        var helpers = ImmutableArray.CreateBuilder<GeneratedFile>();
        var shadows = new Dictionary<IMethodSymbol, IMethodSymbol>(SymbolEqualityComparer.Default);
        foreach (MethodDeclarationSyntax declared in shadow.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>())
        {
            if (OriginalOf(declared, file) is { } original && calls.Model(shadow).GetDeclaredSymbol(declared) is { } made)
                shadows[original] = made;
        }
        foreach (KeyValuePair<IMethodSymbol, IMethodSymbol> pair in shadows)
        {
            (IMethodSymbol method, IMethodSymbol made) = (pair.Key, pair.Value);
            IEnumerable<Diagnostic> reported = Reached(method).SelectMany(m => _found.TryGetValue(m, out List<Diagnostic> f) ? f : []);
            ImmutableArray<Diagnostic> diagnostics = [.. reported];
            bool isLeftOut = IsLeftOut(method, broken);
            if (!isLeftOut && diagnostics.IsEmpty
                && (method.GraphFunction() is not null || (_reached.Contains(method) && TorchEntryWriter.IsModuleForward(method))))
                _traced.Add(made);
            bool isModule = TorchEntryWriter.IsModuleForward(method) && MethodRules.NotPartial(DeclarationOf(method)!) is null;
            if (method.GraphFunction() is null)
            {
                if (isModule)
                {
                    // Of one that is not converted the module says so when it runs: its twin would not compile.
                    if (diagnostics.IsEmpty && !isLeftOut)
                        helpers.AddRange(FunctionConversion.TwinsOf(made, calls).Files!.HelperTwins);
                    helpers.Add(TorchEntryWriter.Module(method, DeclarationOf(method)!, calls.NameInTwin(made) ?? made.Name,
                        diagnostics.FirstOrDefault()?.GetMessage() ?? (isLeftOut ? Uncompiled : null)));
                }
                continue;
            }
            int place = method.GraphFunction()!.ApplicationSyntaxReference!.Span.Start;
            FunctionConversion? converted = diagnostics.IsEmpty && !isLeftOut ? FunctionConversion.Of(made, calls) : null;
            if (converted is not null)
                diagnostics = [.. diagnostics, .. converted.Diagnostics.Select(d => TorchTree.Map(d, trees))];
            bool hasErrors = isLeftOut || diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error);
            // Another graph function may run the module as a part of its own graph.
            if (isModule)
                helpers.Add(TorchEntryWriter.Module(method, DeclarationOf(method)!, TwinNames.Entry(made.Name),
                    diagnostics.FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error)?.GetMessage() ?? (isLeftOut ? Uncompiled : null)));
            GraphFunctionFiles? files = MethodRules.NotPartial(DeclarationOf(method)!) is not null ? null
                : new GraphFunctionFiles(TorchEntryWriter.Entry(method, DeclarationOf(method)!, hasErrors ? null : made,
                    diagnostics.FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error), CallsBackward(method)),
                    hasErrors || converted?.Files is not { Function: { } function } ? default
                    : new EquatableArray<GeneratedFile>([function, .. converted.Files.HelperTwins]));
            _conversions[method] = new FunctionConversion(place, files, diagnostics, converted?.ReadsFrozenState == true);
        }
        helpers.Add(new GeneratedFile(TorchTree.HintName(file), TorchTree.Printed(shadow, file, [.. _methods[file].Where(m =>
            MethodRules.NotPartial(m) is null
            && !(_compilation.GetSemanticModel(file).GetDeclaredSymbol(m) is IMethodSymbol s && IsLeftOut(s, broken)))], _texts)));
        _others[file] = new GraphFunctionFiles(null, new EquatableArray<GeneratedFile>(helpers.ToImmutable()));
    }

    private const string Uncompiled = "it reaches a method that does not compile";

    // What names a method without a form on our tensors has none either.
    private bool IsLeftOut(IMethodSymbol method, HashSet<IMethodSymbol> broken) => Reached(method).Any(broken.Contains)
        || (method.OverriddenMethod is { } overridden && CallGraph.Definition(overridden) is { } definition && _shadowed.Contains(definition)
            && IsLeftOut(definition, broken));

    // The methods of the program that a call may run by name.
    private IReadOnlyCollection<IMethodSymbol> Reached(IMethodSymbol root)
    {
        var reached = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var work = new Stack<IMethodSymbol>([root]);
        while (work.Count > 0)
        {
            IMethodSymbol method = work.Pop();
            if (!reached.Add(method) || DeclarationOf(method) is not { } declaration)
                continue;
            foreach (IMethodSymbol other in OverridesOf(method).Where(_shadowed.Contains))
                work.Push(other);
            SemanticModel model = _compilation.GetSemanticModel(declaration.SyntaxTree);
            foreach (SimpleNameSyntax name in declaration.DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (CalledBy(name, model) is { } called && _shadowed.Contains(called))
                    work.Push(called);
            }
        }
        return reached;
    }
}
