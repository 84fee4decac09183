using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// Turns the body of a method, lambda or local function into the body of its twin, step by step. Statements that no tensor decides are copied; the
/// others become calls of the run time around their copied parts.
/// </summary>
internal sealed class FunctionConverter(FunctionScope scope)
{
    /// <summary>The statements of the body, without braces.</summary>
    public CodeWriter Block(BlockSyntax body, int depth)
    {
        RegionChecks.CheckFunction(scope);
        var jumps = new Jumps(scope);
        var flow = new ControlFlow(scope);
        ImmutableArray<Node> nodes = new Normalise(scope).Run(body);
        nodes = jumps.Run(nodes);
        nodes = new Throws(scope).Run(nodes);
        new RegionChecks(scope).Run(nodes);
        new StateAfterThrow(scope).Run(nodes);
        nodes = flow.Run(nodes);
        return new Emit(scope, flow.FlagsRead).Body(nodes, jumps.ReturnsByFlag, depth);
    }

    /// <summary>The statement that an expression body is short for.</summary>
    public CodeWriter Expression(ExpressionSyntax body, int depth)
    {
        var writer = new CodeWriter(depth);
        writer.Mapped(body, scope.ReturnType is null || body is ThrowExpressionSyntax ? "" : "return ", new TwinText(scope).Of(body), ";");
        return writer;
    }

    /// <summary>The constructor that runs first, as a twin calls it; null if there is nothing to say.</summary>
    public string? Initializer(ConstructorDeclarationSyntax constructor)
    {
        if (constructor.Initializer is { } initializer)
            return new TwinText(scope).Of(initializer);
        ConversionContext context = scope.Context;
        return context.Calls.BaseConstructor(context.Method) is { } implied && context.HasTwin(implied)
            ? $": base(default({TensorGraphTypes.TracedConstructor}))"
            : null;
    }
}
