using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using static TensorGraph.Analyzers.Values;

namespace TensorGraph.Analyzers;

/// <summary>Types known of the local variables and parameters at a place of a method. A variable without an entry may have any value.</summary>
internal sealed class ShapeScope
{
    private Dictionary<ISymbol, object?> _values = new(SymbolEqualityComparer.Default);

    /// <summary>True after return, throw, break and continue: nothing of this scope reaches what follows.</summary>
    public bool IsEnded { get; set; }

    public object? this[ISymbol variable]
    {
        get => _values.TryGetValue(variable, out object? value) ? value : null;
        set => _values[variable] = value;
    }

    public ShapeScope Copy() => new() { _values = new(_values, SymbolEqualityComparer.Default), IsEnded = IsEnded };

    public void Forget(IEnumerable<ISymbol> variables)
    {
        foreach (ISymbol variable in variables)
            _values.Remove(variable);
    }

    /// <summary>The facts that hold after either of two paths.</summary>
    public static ShapeScope Join(ShapeScope a, ShapeScope b)
    {
        if (a.IsEnded || b.IsEnded)
            return a.IsEnded ? b : a;
        var joined = new ShapeScope();
        foreach (KeyValuePair<ISymbol, object?> entry in a._values)
        {
            if (Values.Join(entry.Value, b[entry.Key]) is { } value)
                joined[entry.Key] = value;
        }
        return joined;
    }

    /// <summary>True when this scope tells nothing that another one does not.</summary>
    public bool IsWithin(ShapeScope other) => _values.All(entry => entry.Value is null || Alike(entry.Value, other[entry.Key]));
}

/// <summary>Which variables the code of a method assigns, and where.</summary>
internal static class Assignments
{
    /// <summary>The variables that an operation or what it contains assigns.</summary>
    public static IEnumerable<ISymbol> In(IOperation operation) => operation.DescendantsAndSelf().SelectMany(Targets);

    /// <summary>
    /// Variables whose value at a place cannot be told from the statements ahead of it: lambdas, local functions or references change them.
    /// </summary>
    public static HashSet<ISymbol> Untracked(IOperation body)
    {
        var untracked = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (IOperation operation in body.DescendantsAndSelf())
        {
            if (operation is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                IMethodSymbol own = (operation as IAnonymousFunctionOperation)?.Symbol ?? ((ILocalFunctionOperation)operation).Symbol;
                untracked.UnionWith(In(operation).Where(variable => !SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, own)));
            }
            if (operation is IVariableDeclaratorOperation { Symbol: { RefKind: not RefKind.None } alias } declarator)
            {
                untracked.Add(alias);
                untracked.UnionWith(declarator.DescendantsAndSelf().Select(Variable).OfType<ISymbol>());
            }
            if (operation is IAddressOfOperation address && Variable(address.Reference) is { } addressed)
                untracked.Add(addressed);
        }
        return untracked;
    }

    /// <summary>The variables that are assigned more than once, the declaration and the argument of a call included.</summary>
    public static HashSet<ISymbol> Repeated(IOperation body)
    {
        var once = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        return new(In(body).Where(variable => variable is IParameterSymbol || !once.Add(variable)), SymbolEqualityComparer.Default);
    }

    /// <summary>The variable that an expression names.</summary>
    public static ISymbol? Variable(IOperation? operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IDeclarationExpressionOperation declaration => Variable(declaration.Expression),
        // An assignment to a field of a tuple or struct changes the variable that holds it.
        IFieldReferenceOperation { Instance: { Type.IsValueType: true } instance } => Variable(instance),
        IConversionOperation { IsImplicit: true } conversion => Variable(conversion.Operand),
        _ => null,
    };

    private static IEnumerable<ISymbol> Targets(IOperation operation)
    {
        switch (operation)
        {
            case IVariableDeclaratorOperation { Symbol: { } declared }:
                return [declared];
            case IDeconstructionAssignmentOperation deconstruction:
                return deconstruction.Target.DescendantsAndSelf().Select(Variable).OfType<ISymbol>();
            case IAssignmentOperation assignment:
                return Named(assignment.Target);
            case IIncrementOrDecrementOperation step:
                return Named(step.Target);
            case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument:
                return Named(argument.Value);
            case IDeclarationPatternOperation { DeclaredSymbol: { } matched }:
                return [matched];
            case IRecursivePatternOperation { DeclaredSymbol: { } matched }:
                return [matched];
            default:
                return [];
        }
    }

    private static IEnumerable<ISymbol> Named(IOperation target) => Variable(target) is { } variable ? [variable] : [];
}
