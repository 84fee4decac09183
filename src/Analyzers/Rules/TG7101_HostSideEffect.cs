using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>Finds what a graph function does to the world outside of its graph: it happens once per trace, which is seldom meant.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG7101_HostSideEffect : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.HostSideEffect, Rules.HostSideEffectInHelper];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.MethodDeclaration);
        context.RegisterGraphFunctionsAction(AnalyzeHelpers, torch: true);
    }

    // Of methods that a graph function calls by their names, and that no other method may stand for: what they do to the world, and do not ask it.
    private static void AnalyzeHelpers(CompilationAnalysisContext context, IReadOnlyList<IMethodSymbol> functions)
    {
        var calls = CallGraph.Of(context.Compilation);
        foreach (Helper helper in calls.HelpersOf(functions))
            ReportHelper(helper.Declaration, helper.Function, helper.OnThis);

        void ReportHelper(SyntaxNode declaration, IMethodSymbol function, bool onThis)
        {
            var effects = Effects.Of(declaration, calls.Model(declaration.SyntaxTree));
            foreach (Effect effect in effects.WhileTracing.Where(e => e.Function is null))
            {
                if (effect is { Kind: EffectKind.Call, Callee: { ReturnsVoid: true } called } && called.Has(ApiTraits.ActsOnWorld)
                    && !called.Has(ApiTraits.Asserts) && !IsOnOwnText(effect, effects)
                    && effect.Syntax.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call)
                    Report(call, $"{called.ContainingType.Name}.{called.Name}", KnownApis.Instead(called)!, function);
                else if (IsOnlyWritten(effect, effects) && (effect.At.Kind == PlaceKind.Static || (onThis && effect.At.IsOwn)))
                    Report(effect.Syntax.Parent!, $"{effect.At.Symbol!.Name} = …", "a Variable", function);
            }
        }

        void Report(SyntaxNode place, string what, string instead, IMethodSymbol function) =>
            context.ReportDiagnostic(Diagnostic.Create(Rules.HostSideEffectInHelper, place.GetLocation(), what,
                function.IsTorchFunction(context.Compilation) ? OnTorch : instead, function.Name));
    }

    // Functions on tensors of TorchSharp have none of our own.
    private const string OnTorch = "a result of the function";

    // A member that is read as well is compared by each call.
    private static bool IsOnlyWritten(Effect effect, Effects effects) =>
        effect.IsWriteOfMember && IsNumberOrText(effect.At.Symbol) && effect.Syntax.Parent is AssignmentExpressionSyntax
        && !effects.All.Any(e => e.Kind == EffectKind.Read && SymbolEqualityComparer.Default.Equals(e.At.Symbol, effect.At.Symbol));

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        if (!context.IsInGraphFunction(torch: true))
            return;
        bool onTorch = !context.IsInGraphFunction();
        var effects = Effects.Of(context.Node, context.SemanticModel);
        foreach (Effect effect in effects.WhileTracing)
        {
            // A C# value is the same in every call that a trace serves: an assertion of one says the same each time.
            if (effect is { Kind: EffectKind.Call, Callee: { } method } && method.Has(ApiTraits.ActsOnWorld) && !method.Has(ApiTraits.Asserts)
                && !IsOnOwnText(effect, effects) && !(IsReadOfFile(method) && IsUnderCondition(effect.Syntax))
                && effect.Syntax.FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call)
                Report(call, $"{method.ContainingType.Name}.{method.Name}", KnownApis.Instead(method)!);
            else if (effect.IsWriteOfMember && IsNumberOrText(effect.At.Symbol) && !effects.IsNew(effect.At.Owner) && !IsStaged(effect.Syntax)
                && !IsNotedOnce(effect))
                Report(effect.Syntax.Parent is AssignmentExpressionSyntax or PrefixUnaryExpressionSyntax or PostfixUnaryExpressionSyntax
                    ? effect.Syntax.Parent
                    : effect.Syntax, $"{effect.At.Symbol!.Name} = …", "a Variable");
            else if (effect.Kind == EffectKind.Fill && IsOnlyChanged(effect) && !IsStaged(effect.Syntax))
                Report(effect.ChangingCall!, $"{effect.At.Symbol!.Name}.{effect.Callee!.Name}", "Ops.HostCall");
        }

        // A statement that changes a collection of C# objects. One of tensors belongs to the trace, and one that is read as well is compared by each
        // call.
        bool IsOnlyChanged(Effect fill) => fill is { At: { Kind: PlaceKind.Member or PlaceKind.Static, Type: { } type, Symbol: { } member } }
            && fill.Callee.Has(ApiTraits.Changes) && !HoldsTensors(type) && !effects.IsNew(fill.At.Owner)
            && fill.ChangingCall is { Parent: ExpressionStatementSyntax }
            && Count(EffectKind.Read, member) == Count(EffectKind.Fill, member);

        // if (!_isBuilt) { …; _isBuilt = true; }
        bool IsNotedOnce(Effect write) => write.Syntax.Parent is AssignmentExpressionSyntax { Right: LiteralExpressionSyntax }
            && write.Syntax.Ancestors().OfType<IfStatementSyntax>().Any(branch => effects.In(branch.Condition.Span)
                .Any(e => e.Kind == EffectKind.Read && SymbolEqualityComparer.Default.Equals(e.At.Symbol, write.At.Symbol)));

        int Count(EffectKind kind, ISymbol member) =>
            effects.All.Count(e => e.Kind == kind && SymbolEqualityComparer.Default.Equals(e.At.Symbol, member));

        // Under a tensor condition it is an error of its own.
        bool IsStaged(SyntaxNode node) => node.Ancestors().OfType<StatementSyntax>().Any(s => Staging.IsStagedStatement(s, context.SemanticModel));

        void Report(SyntaxNode place, string what, string instead) =>
            context.ReportDiagnostic(Diagnostic.Create(Rules.HostSideEffect, place.GetLocation(), what, onTorch ? OnTorch : instead,
                IsStaged(place) ? "whatever the tensor says that decides about it" : "not each time it is called"));
    }

    // Objects are left alone: creating a variable on the first call is done so.
    private static bool IsNumberOrText(ISymbol? member) =>
        member is IFieldSymbol { Type.SpecialType: >= SpecialType.System_Boolean
        and <= SpecialType.System_String, ContainingType.IsTupleType: false };

    private static bool HoldsTensors(ITypeSymbol type) =>
        Structure.Of(type).HoldsTensor || (type is INamedTypeSymbol { TypeArguments: var arguments } && arguments.Any(HoldsTensors));

    // var text = new StringWriter(): nobody else sees it.
    private static bool IsOnOwnText(Effect call, Effects effects) => call.At.Type?.Name == "StringWriter" && effects.IsNew(call.At);

    // Weights that are loaded once, into a field that is null.
    private static bool IsReadOfFile(IMethodSymbol method) =>
        method.ContainingType.Name == "File" && (method.Name.StartsWith("Read", StringComparison.Ordinal)
        || method.Name.StartsWith("OpenRead", StringComparison.Ordinal) || method.Name == "Exists");

    private static bool IsUnderCondition(SyntaxNode node) => node.Ancestors().TakeWhile(n => n is not MethodDeclarationSyntax).Any(n =>
        n is IfStatementSyntax or ConditionalExpressionSyntax || n.IsKind(SyntaxKind.CoalesceAssignmentExpression)
        || n.IsKind(SyntaxKind.CoalesceExpression));
}
