using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace TensorGraph.Analyzers;

/// <summary>
/// Arguments that the compiler takes from the place of a call: the name of the calling member, its line, the text of another argument. In a twin all
/// of these differ, so that it gives what the user's method would.
/// </summary>
internal static class CallerInfo
{
    /// <summary>The arguments by name, and the parenthesis in front of which they stand; null if the call has none.</summary>
    public static (int Position, string Text)? Of(SyntaxNode call, SemanticModel model)
    {
        ArgumentListSyntax? list = call switch
        {
            InvocationExpressionSyntax invocation => invocation.ArgumentList,
            BaseObjectCreationExpressionSyntax creation => creation.ArgumentList,
            ConstructorInitializerSyntax initializer => initializer.ArgumentList,
            _ => null,
        };
        if (list is null || model.GetSymbolInfo(call).Symbol is not IMethodSymbol method || !method.Parameters.Any(IsTakenFromCaller))
            return null;
        IEnumerable<IArgumentOperation> arguments = model.GetOperation(call) switch
        {
            IInvocationOperation invocation => invocation.Arguments,
            IObjectCreationOperation creation => creation.Arguments,
            _ => [],
        };
        string[] given = [.. arguments.Where(a => a.ArgumentKind == ArgumentKind.DefaultValue && IsTakenFromCaller(a.Parameter!)
            && Value(a.Value).HasValue)
            .Select(a => $"{a.Parameter!.Name}: {SymbolDisplay.FormatPrimitive(Value(a.Value).Value!, quoteStrings: true, useHexadecimalNumbers: false)}")];
        return given.Length == 0 ? null : (list.CloseParenToken.SpanStart, string.Join(", ", given));
    }

    private static bool IsTakenFromCaller(IParameterSymbol parameter) => parameter.IsOptional && parameter.GetAttributes().Any(a =>
        a.AttributeClass is { Name: "CallerMemberNameAttribute" or "CallerLineNumberAttribute" or "CallerArgumentExpressionAttribute" });

    private static Optional<object?> Value(IOperation value)
    {
        while (value is IConversionOperation { ConstantValue.HasValue: false } conversion)
            value = conversion.Operand;
        return value.ConstantValue is { HasValue: true, Value: not null } constant ? constant : default;
    }
}
