using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using TensorGraph.Ir;
using static TensorGraph.Analyzers.Values;

namespace TensorGraph.Analyzers;

/// <summary>Values of expressions.</summary>
internal sealed partial class ShapeWalker
{
    // Parts of the names of methods that are given code to see it fail.
    private static readonly string[] s_expecting = ["Throw", "Exception", "Error", "Fail"];

    private bool _initializing;
    // The members that are set once, with what they are set to: asked at each read.
    private readonly Dictionary<ISymbol, object?> _initials = new(SymbolEqualityComparer.Default);

    /// <summary>Runs an expression; null when nothing is known of its value.</summary>
    private object? Eval(IOperation? operation)
    {
        if (operation is null)
            return null;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (operation.ConstantValue is { HasValue: true, Value: var constant } && Constant(constant, operation.Type) is { } known)
            return known;
        switch (operation)
        {
            case ILocalReferenceOperation local:
                return _scope[local.Local];
            case IParameterReferenceOperation parameter:
                return _scope[parameter.Parameter];
            case IFieldReferenceOperation field:
                return Field(field);
            case IPropertyReferenceOperation property:
                return Property(property);
            case IConversionOperation conversion:
                return Convert(conversion);
            case IInvocationOperation call:
                return Call(call);
            case IObjectCreationOperation creation:
                return Create(creation);
            case IBinaryOperation binary:
                return Binary(binary);
            case IUnaryOperation unary:
                return Unary(unary);
            case IIncrementOrDecrementOperation step:
                object? stepped = Eval(step.Target);
                Assign(step.Target, stepped is TensorType ? stepped : null);
                return stepped is TensorType ? stepped : null;
            case ICompoundAssignmentOperation compound:
                object? left = Eval(compound.Target), combined = Operator(compound.OperatorMethod, left, Eval(compound.Value), compound);
                Assign(compound.Target, combined);
                return combined;
            case ISimpleAssignmentOperation assignment:
                object? value = Eval(assignment.Value);
                if (assignment.Target is not (ILocalReferenceOperation or IParameterReferenceOperation))
                    Eval(assignment.Target);
                Assign(assignment.Target, value, assignment.Value);
                return value;
            case IDeconstructionAssignmentOperation deconstruction:
                object? parts = Eval(deconstruction.Value);
                Deconstruct(deconstruction.Target, parts);
                return parts;
            case IConditionalOperation conditional:
                object? whenTrue = null, whenFalse = null;
                Branch(conditional.Condition, () => whenTrue = Eval(conditional.WhenTrue), () => whenFalse = Eval(conditional.WhenFalse));
                return Values.Join(whenTrue, whenFalse);
            case ICoalesceOperation coalesce:
                object? first = Eval(coalesce.Value), otherwise = null;
                Alternatives(coalesce.WhenNull, [() => otherwise = Eval(coalesce.WhenNull)], quiet: false);
                return Values.Join(first, otherwise);
            case ISwitchExpressionOperation choice:
                Eval(choice.Value);
                Alternatives(choice, choice.Arms.Select(arm => (Action)(() => Eval(arm.Value))), quiet: true);
                return null;
            case IConditionalAccessOperation access:
                Eval(access.Operation);
                Alternatives(access.WhenNotNull, [() => Eval(access.WhenNotNull)], quiet: true);
                return null;
            case IAnonymousFunctionOperation lambda:
                Lambda(lambda);
                return null;
            case IArrayCreationOperation array:
                return NewArray(array);
            case ICollectionExpressionOperation collection:
                return Collect(collection);
            case ITupleOperation tuple:
                return new Items([.. tuple.Elements.Select(Eval)]);
            case IDefaultValueOperation nothing
                when nothing.Type is { IsReferenceType: true } or INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T }:
                return Null;
            case IParenthesizedOperation parenthesized:
                return Eval(parenthesized.Operand);
            default:
                foreach (IOperation child in operation.ChildOperations)
                    Eval(child);
                _scope.Forget(Assignments.In(operation));
                return null;
        }
    }

    private static object? Constant(object? value, ITypeSymbol? type) => value switch
    {
        null => Null,
        bool flag => flag,
        int number when type is INamedTypeSymbol { TypeKind: TypeKind.Enum } named => named.Is("DType") ? DType.OfEnum(number) : null,
        int number => (Dim)number,
        long number => (Dim)number,
        _ => null,
    };

    // Tensors and variables that keep the type that they are made with.
    private object? Field(IFieldReferenceOperation field)
    {
        object? instance = field.Instance is null ? null : Eval(field.Instance);
        if (instance == Failed)
            return Failed;
        if (instance is Items items && field.Instance?.Type is INamedTypeSymbol { IsTupleType: true } tuple)
        {
            int index = tuple.TupleElements.IndexOf(field.Field.CorrespondingTupleField ?? field.Field, SymbolEqualityComparer.Default);
            index = index >= 0 ? index : IndexOf(tuple, field.Field.Name);
            return index >= 0 && index < items.Elements.Length ? items.Elements[index] : null;
        }
        return IsTensorOrVariable(field.Type) && DeclaredShapes.Of(field.Field) is { } declared ? declared
            : field.Field.IsReadOnly && IsTensorOrVariable(field.Type) ? Initial(field.Field, field) : null;

        static int IndexOf(INamedTypeSymbol tuple, string name) =>
            tuple.TupleElements.ToList().FindIndex(e => e.Name == name || e.CorrespondingTupleField?.Name == name);
    }

    // A member that is set once, by its initializer or by one constructor, keeps the type of that value. Only a value in the file at hand is
    // evaluated.
    private object? Initial(ISymbol member, IOperation use)
    {
        if (_initializing)
            return null;
        if (!_initials.TryGetValue(member, out object? known))
            _initials[member] = known = FindInitial(member, use);
        return known;
    }

    private object? FindInitial(ISymbol member, IOperation use)
    {
        if (member.DeclaringSyntaxReferences is not { Length: 1 } declarations || declarations[0].SyntaxTree != use.Syntax.SyntaxTree)
            return null;
        List<ExpressionSyntax> values =
            [.. member.ContainingType.Constructors.SelectMany(c => c.DeclaringSyntaxReferences)
            .SelectMany(c => Assigned(c.GetSyntax(), member.Name))];
        if ((declarations[0].GetSyntax() switch
        {
            VariableDeclaratorSyntax field => field.Initializer,
            PropertyDeclarationSyntax property => property.Initializer,
            _ => null,
        }) is { Value: { } initializer })
        {
            values.Add(initializer);
        }
        if (values.Count != 1 || values[0].SyntaxTree != use.Syntax.SyntaxTree)
            return null;
        _initializing = true;
        _quiet++;
        ShapeScope scope = _scope;
        _scope = new();
        object? value = Eval(use.SemanticModel?.GetOperation(values[0]));
        _scope = scope;
        _quiet--;
        _initializing = false;
        return value as TensorType?;
    }

    // What a constructor assigns to a member, or hands out a reference to it for.
    private static IEnumerable<ExpressionSyntax> Assigned(SyntaxNode constructor, string member)
    {
        foreach (SyntaxNode node in constructor is TypeDeclarationSyntax ? [] : constructor.DescendantNodes())
        {
            if (node is AssignmentExpressionSyntax assignment
                && assignment.Left.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.Text == member))
                yield return assignment.Right;
            if (node is ArgumentSyntax { RefKindKeyword.RawKind: not 0 } argument && argument.Expression.ToString().Contains(member))
                yield return argument.Expression;
        }
    }

    private object? Property(IPropertyReferenceOperation property)
    {
        object? instance = Eval(property.Instance);
        if (property.Property.IsIndexer && property.Instance?.Type is INamedTypeSymbol { Name: "Tensor" } indexed && indexed.IsTensor())
        {
            if (instance is TensorType x)
                return Pick(x, property);
            foreach (IArgumentOperation argument in property.Arguments)
                Eval(argument.Value);
            return instance == Failed ? Failed : null;
        }
        IList<object?> arguments = [.. property.Arguments.Select(argument => Eval(argument.Value))];
        if (DeclaredShapes.Of(property.Property) is { } declared && IsTensorOrVariable(property.Type))
            return declared;
        if (property.Property is { SetMethod: null, IsVirtual: false, IsOverride: false, IsAbstract: false } && IsTensorOrVariable(property.Type)
            && !property.Property.ContainingType.IsOfLibrary()
            && Initial(property.Property, property) is { } initial)
        {
            return initial;
        }
        return (property.Property.Name, instance) switch
        {
            ("Value", TensorType type) => type,
            ("Value", Dim size) => size,
            ("Shape", TensorType type) => type.Shape,
            ("Type", TensorType type) => type,
            ("DType", TensorType { DType.IsKnown: true } type) => type.DType,
            ("T", TensorType type) => type.As(new Shape([.. type.Shape.Reverse()])),
            ("Rank", TensorType type) => (Dim)type.Rank,
            ("Rank", Shape shape) => (Dim)shape.Rank,
            ("ElementCount", Shape shape) => shape.ElementCount,
            ("Length", Sizes { Shape.Rank: 1 } sizes) => sizes.Shape[0],
            ("this[]", Shape shape) when arguments.Count == 1 && arguments[0] is Dim { IsConstant: true } axis && axis.Value >= 0
                && axis.Value < shape.Rank => shape[(int)axis.Value],
            ("Scalar", null) when property.Property.ContainingType.Is("Shape") => Shape.Scalar,
            _ => null,
        };
    }

    private object? Convert(IConversionOperation conversion)
    {
        object? value = Eval(conversion.Operand);
        if (conversion.OperatorMethod is not { } method)
            return value is Dim && !IsInteger(conversion.Type) ? null : value;
        if (!method.ContainingType.IsTensor() && !method.ContainingType.IsOfLibrary())
            return null;
        ITypeSymbol? from = method.Parameters.FirstOrDefault()?.Type;
        if (method.ReturnType.IsScalar())
            return new TensorType(DTypeOf(from!) ?? DType.I64, Shape.Scalar);
        if (!method.ReturnType.IsTensor() || from is null)
            return value is Dim ? value : null;
        if (from is IArrayTypeSymbol array)
            return DTypeOf(array.ElementType) is { } element && ArraySizes(value) is { } sizes && sizes.Rank == array.Rank
                ? new TensorType(element, sizes)
                : null;
        return DTypeOf(from) is { } dtype ? new TensorType(dtype, Shape.Scalar) : value;
    }

    private object? NewArray(IArrayCreationOperation array)
    {
        object?[] dimensions = [.. array.DimensionSizes.Select(Eval)];
        if (array.Initializer is { } initializer && dimensions.Length == 1)
            return new Items([.. initializer.ElementValues.Select(Eval)]);
        if (array.Initializer is not null)
            Elements(array.Initializer);
        return new Sizes(new([.. dimensions.Select(size => size is Dim dim ? dim : Dim.Unknown())]));
    }

    private void Elements(IArrayInitializerOperation initializer)
    {
        foreach (IOperation element in initializer.ElementValues)
        {
            if (element is IArrayInitializerOperation inner)
                Elements(inner);
            else
                Eval(element);
        }
    }

    private object? Collect(ICollectionExpressionOperation collection)
    {
        bool spreads = collection.Elements.Any(element => element is ISpreadOperation);
        ImmutableArray<object?> elements =
            [.. collection.Elements.Select(element => Eval(element is ISpreadOperation spread ? spread.Operand : element))];
        if (spreads)
            return null;
        return collection.Type is INamedTypeSymbol type && type.Is("Shape") ? OpCall.ShapeOf(new Items(elements)) : new Items(elements);
    }

    private object? Create(IObjectCreationOperation creation)
    {
        ImmutableArray<object?> arguments = [.. creation.Arguments.Select(argument => Eval(argument.Value))];
        Eval(creation.Initializer);
        _scope.Forget(creation.Arguments.SelectMany(Assignments.In));
        if (creation.Type is not INamedTypeSymbol type || creation.Constructor is null || arguments.IsEmpty)
            return null;
        if (type.Is("Variable"))
            return creation.Arguments[0].Parameter?.Name == "initial" ? arguments[0] as TensorType? : null;
        if (type.Is("Shape"))
            return OpCall.ShapeOf(arguments[0]);
        if (type.Is("TensorType") && arguments.Length == 2 && arguments[0] is DType dtype && arguments[1] is Shape shape)
            return new TensorType(dtype, shape);
        CheckArguments(creation.Constructor, creation.Arguments, arguments, creation.Syntax);
        return null;
    }

    private void Assign(IOperation target, object? value, IOperation? from = null)
    {
        if (target is ILocalReferenceOperation or IParameterReferenceOperation)
            Set(Assignments.Variable(target)!, value);
        else if (Assignments.Variable(target) is { } holder)
            Set(holder, null);
        else if (from is not null && value is TensorType type && target is IFieldReferenceOperation or IPropertyReferenceOperation)
            CheckMember(target, (TensorType)value!, from);
    }

    private void Deconstruct(IOperation target, object? value)
    {
        switch (target)
        {
            case IDeclarationExpressionOperation declaration:
                Deconstruct(declaration.Expression, value);
                break;
            case ITupleOperation tuple:
                for (int i = 0; i < tuple.Elements.Length; i++)
                    Deconstruct(tuple.Elements[i], value is Items items && items.Elements.Length == tuple.Elements.Length ? items.Elements[i] : null);
                break;
            default:
                Assign(target, value);
                break;
        }
    }

    private void Lambda(IAnonymousFunctionOperation lambda)
    {
        // What is handed to a method that expects it to throw may do so.
        bool expected = lambda.Parent is IDelegateCreationOperation { Parent: IArgumentOperation { Parent: IInvocationOperation call } }
            && s_expecting.Any(word => call.TargetMethod.Name.IndexOf(word, StringComparison.Ordinal) >= 0);
        Path(() => Function(lambda.Symbol, lambda.Body), quiet: expected);
    }

    /// <summary>Sizes of a C# array.</summary>
    private static Shape? ArraySizes(object? value) => value switch
    {
        Items items => new Shape([items.Elements.Length]),
        Sizes sizes => sizes.Shape,
        _ => null,
    };

    private static bool IsInteger(ITypeSymbol? type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
        ? IsInteger(nullable.TypeArguments[0])
        : type?.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64;

    private static DType? DTypeOf(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Boolean => DType.Of("bool"),
        SpecialType.System_Byte => DType.Of("u8"),
        SpecialType.System_SByte => DType.Of("i8"),
        SpecialType.System_Int16 => DType.Of("i16"),
        SpecialType.System_Int32 => DType.I32,
        SpecialType.System_Int64 => DType.I64,
        SpecialType.System_Single => DType.F32,
        SpecialType.System_Double => DType.F64,
        SpecialType.System_String => DType.String,
        _ => null,
    };

    private static IOperation Unconverted(IOperation operation) =>
        operation is IConversionOperation { IsImplicit: true, OperatorMethod: null } conversion ? conversion.Operand : operation;
}
