using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using TensorGraph.Ir;

namespace TensorGraph.Analyzers;

/// <summary>Indexing of tensors.</summary>
internal sealed partial class ShapeWalker
{
    private object? Pick(TensorType x, IPropertyReferenceOperation access)
    {
        var indices = new List<IOperation>();
        foreach (IArgumentOperation argument in access.Arguments)
        {
            if (argument.Value is ICollectionExpressionOperation { Elements: var others })
                indices.AddRange(others);
            else
                indices.Add(argument.Value);
        }
        foreach (IOperation index in indices)
            Eval(index);
        return Try(access.Syntax, () => Pick(x, indices.ConvertAll(Bare)));
    }

    private object? Pick(TensorType x, List<IOperation> indices)
    {
        IndexRules.CheckIndices(x, indices.Count(index => !IsNewAxis(index)));
        var kept = new List<Dim>();
        int axis = 0;
        foreach (IOperation index in indices)
        {
            if (IsNewAxis(index))
            {
                kept.Add(1);
                continue;
            }
            if (index.Type.IsTensor())
            {
                // Positions put their axes in the place of the axis.
                if (Quietly(index) is not TensorType positions)
                    return null;
                kept.AddRange(positions.Shape);
            }
            else if (index is IRangeOperation range)
            {
                Dim? start = Bound(range.LeftOperand, 0, x.Shape[axis]), stop = Bound(range.RightOperand, x.Shape[axis], x.Shape[axis]);
                Dim size = start is { } from && stop is { } to ? to - from : Dim.Unknown();
                kept.Add(size.ValueOr(0) < 0 ? Dim.Unknown() : size);
            }
            else if (index.Type?.Name == "Range" || index.Type is null)
            {
                kept.Add(Dim.Unknown());
            }
            else if (Position(index) is { } number)
            {
                IndexRules.CheckIndex(x, axis, number);
            }
            axis++;
        }
        return x.As(new Shape([.. kept, .. x.Shape.Skip(axis)]));
    }

    private object? Quietly(IOperation operation)
    {
        _quiet++;
        object? value = Eval(operation);
        _quiet--;
        return value;
    }

    // A bound of a range; null when it is not known.
    private Dim? Bound(IOperation? bound, Dim otherwise, Dim size)
    {
        if (bound is null)
            return otherwise;
        bound = Bare(bound);
        if (bound is IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat } fromEnd)
            return Quietly(fromEnd.Operand) is Dim back ? size - back : null;
        return Quietly(bound) as Dim?;
    }

    // A constant index, negative from the end.
    private long? Position(IOperation index) => index is IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat } fromEnd
        ? Quietly(fromEnd.Operand) is Dim { IsConstant: true } back ? -back.Value : null
        : Quietly(index) is Dim { IsConstant: true } number ? number.Value : null;

    private static bool IsNewAxis(IOperation index) => index is IPropertyReferenceOperation { Property.Name: "NewAxis" };

    // Without the conversion to an index of the library or of C#.
    private static IOperation Bare(IOperation index)
    {
        while (index is IConversionOperation { IsImplicit: true } conversion && !(conversion.Type.IsTensor() && !conversion.Operand.Type.IsTensor()))
            index = conversion.Operand;
        return index;
    }
}
