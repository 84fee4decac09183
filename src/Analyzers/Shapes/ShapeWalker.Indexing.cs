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
        List<(IOperation, object?)> evaluated = indices.ConvertAll(index => (Bare(index), Eval(Bare(index))));
        return Try(access.Syntax, () => Pick(x, evaluated));
    }

    // As Tensor.Pick does it.
    private object? Pick(TensorType x, List<(IOperation Index, object? Value)> indices)
    {
        if (indices.Exists(i => !IsNewAxis(i.Index) && !IsPlain(i.Index)))
            return null;
        // A mask, or what may be one.
        if (indices.Count == 1 && indices[0].Index.Type.IsTensor() && indices[0].Value is TensorType { DType: var dtype } && dtype == DType.Bool)
            return null;
        IndexRules.CheckIndices(x, indices.Count(i => !IsNewAxis(i.Index)));
        Shape start = new([.. x.Shape.Select(_ => (Dim)0)]), stop = x.Shape;
        var kept = new List<Dim>();
        bool knowsPositions = true;
        int axis = 0;
        foreach ((IOperation index, object? value) in indices)
        {
            if (IsNewAxis(index))
            {
                kept.Add(1);
                continue;
            }
            if (index.Type.IsTensor())
            {
                // Positions put their axes in the place of the axis.
                if (value is TensorType positions)
                    kept.AddRange(positions.Shape);
                else
                    knowsPositions = false;
            }
            else if (index.Type?.Name == "Range")
            {
                start = start.With(axis, index is IRangeOperation range ? Bound(range.LeftOperand, 0, x.Shape[axis]) : Dim.Unknown());
                stop = stop.With(axis, index is IRangeOperation end ? Bound(end.RightOperand, x.Shape[axis], x.Shape[axis]) : Dim.Unknown());
                kept.Add(stop[axis] - start[axis]);
            }
            else
            {
                long? number = Position(index, value);
                if (number is { } known)
                    IndexRules.CheckIndex(x, axis, known);
                start = start.With(axis, number is { } at ? at < 0 ? x.Shape[axis] + at : at : Dim.Unknown());
                stop = stop.With(axis, start[axis] + 1);
            }
            axis++;
        }
        // What is cut out must lie inside.
        if (!start.All(dim => dim.Is(0)) || stop != x.Shape)
            _ops.Run("slice", Attrs.Of(("start", start), ("stop", stop), ("step", x.Shape.Select(_ => 1L).ToArray())), x);
        return knowsPositions ? x.As(new Shape([.. kept, .. x.Shape.Skip(axis)])) : null;
    }

    // A number, an index or range of C#, or a tensor; another index may be any of them.
    private static bool IsPlain(IOperation index) =>
        index.Type.IsTensor() || index.Type is { SpecialType: SpecialType.System_Int32 or SpecialType.System_Int64 } or { Name: "Index" or "Range" };

    private object? Quietly(IOperation operation)
    {
        _quiet++;
        object? value = Eval(operation);
        _quiet--;
        return value;
    }

    private Dim Bound(IOperation? bound, Dim otherwise, Dim size)
    {
        if (bound is null)
            return otherwise;
        bound = Bare(bound);
        if (bound is IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat } fromEnd)
            return Quietly(fromEnd.Operand) is Dim back ? size - back : Dim.Unknown();
        return Quietly(bound) is Dim from ? from : Dim.Unknown();
    }

    // A constant index, negative from the end.
    private long? Position(IOperation index, object? value) => index is IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat } fromEnd
        ? Quietly(fromEnd.Operand) is Dim { IsConstant: true } back ? -back.Value : null
        : value is Dim { IsConstant: true } number ? number.Value : null;

    private static bool IsNewAxis(IOperation index) => index is IPropertyReferenceOperation { Property.Name: "NewAxis" };

    // Without the conversion to an index of the library or of C#.
    private static IOperation Bare(IOperation index)
    {
        while (index is IConversionOperation { IsImplicit: true } conversion && !(conversion.Type.IsTensor() && !conversion.Operand.Type.IsTensor()))
            index = conversion.Operand;
        return index;
    }
}
