using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TensorGraph.Ir;

namespace TensorGraph.Analyzers;

/// <summary>Values against the shapes that are declared for them.</summary>
internal sealed partial class ShapeWalker
{
    // Checks the arguments of a call; gives the declared type of its result with the sizes that names have in this call.
    private object? CheckArguments(IMethodSymbol method, ImmutableArray<IArgumentOperation> arguments, ImmutableArray<object?> values,
        SyntaxNode call)
    {
        Dictionary<string, Dim> sizes = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Parameter is not { RefKind: RefKind.None or RefKind.In } parameter || values[i] is not TensorType got
                || DeclaredShapes.Of(parameter) is not { } wanted
                || !IsTensorOrVariable(parameter.Type))
            {
                continue;
            }
            TensorType told = Told(wanted, sizes);
            if (!Fits(got, wanted, sizes))
            {
                string name = parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor }
                    ? method.ContainingType.Name
                    : method.Name;
                Report(Mismatch(name, parameter.Name, got, told), arguments[i].Value.Syntax);
            }
        }
        return DeclaredShapes.OfResult(method) is { } result && method.ReturnType.IsTensor()
            ? result.As(new Shape([.. result.Shape.Select(dim => dim.IsSymbol && !dim.IsUnknown ? sizes.TryGetValue(dim.ToString(), out Dim size)
            ? size
            : Dim.Unknown() : dim)]))
            : null;
    }

    private void CheckResult(TensorType result, IOperation returned)
    {
        if (!_method!.ReturnType.IsTensor())
            return;
        if (_method.AssociatedSymbol is IPropertySymbol property)
            CheckMember(property, property.Type, result, returned);
        else if (DeclaredShapes.OfResult(_method) is { } wanted && !Fits(result, wanted, []))
            Report(Mismatch(_method.Name, "result", result, wanted), returned.Syntax);
    }

    private void CheckMember(IOperation target, TensorType value, IOperation from) =>
        CheckMember((target as IFieldReferenceOperation)?.Field ?? (ISymbol)((IPropertyReferenceOperation)target).Property, target.Type, value, from);

    private void Member(IOperation initializer, object? value, IOperation from)
    {
        if (value is not TensorType type)
            return;
        if (initializer is IFieldInitializerOperation { InitializedFields: { Length: 1 } fields })
            CheckMember(fields[0], fields[0].Type, type, from);
        else if (initializer is IPropertyInitializerOperation { InitializedProperties: { Length: 1 } properties })
            CheckMember(properties[0], properties[0].Type, type, from);
    }

    private void CheckMember(ISymbol member, ITypeSymbol? memberType, TensorType value, IOperation from)
    {
        if (IsTensorOrVariable(memberType) && DeclaredShapes.Of(member) is { } wanted && !Fits(value, wanted, []))
            Report(Mismatch(member.ContainingType.Name, member.Name, value, wanted), from.Syntax);
    }

    // False when a type certainly contradicts a declaration.
    private static bool Fits(TensorType got, TensorType wanted, Dictionary<string, Dim> sizes)
    {
        if (got.DType != wanted.DType || got.Rank != wanted.Rank)
            return false;
        for (int axis = 0; axis < got.Rank; axis++)
        {
            Dim size = got.Shape[axis], declared = wanted.Shape[axis];
            if (declared.IsUnknown)
                continue;
            if (declared.IsSymbol)
            {
                string name = declared.ToString();
                if (!sizes.TryGetValue(name, out declared) || !declared.IsConstant)
                    sizes[name] = declared = size;
            }
            if (size.IsConstant && declared.IsConstant && size != declared)
                return false;
        }
        return true;
    }

    private static ShapeError Mismatch(string owner, string name, TensorType got, TensorType wanted)
    {
        var (problem, remedy) = DeclaredShape.Mismatch(owner, name, got.ToString(), wanted.DType.IsKnown
            ? wanted.ToString()
            : wanted.Shape.ToString());
        return new ShapeError(DiagnosticIds.SignatureMismatch, problem, remedy);
    }

    // A declaration with the numbers that other arguments gave its names.
    private static TensorType Told(TensorType wanted, Dictionary<string, Dim> sizes) =>
        wanted.As(new Shape([.. wanted.Shape.Select(dim => sizes.TryGetValue(dim.ToString(), out Dim size) && size.IsConstant ? size : dim)]));
}
