using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace TensorGraph.Analyzers;

/// <content>Calls: those that code writes, and those that the compiler and the framework make.</content>
internal sealed partial class EffectWalker
{
    private IAssemblySymbol Own => _model.Compilation.Assembly;

    public override void VisitInvocation(IInvocationOperation operation)
    {
        base.VisitInvocation(operation);
        IMethodSymbol method = operation.TargetMethod;
        // A method of a struct may change it.
        if (operation.Instance is { Type: { IsValueType: true, IsReadOnly: false, SpecialType: SpecialType.None } } receiver && !method.IsReadOnly
            && Place.Of(receiver).Variable is not null)
            Write(receiver, isCertain: false);
        if (method.Has(ApiTraits.Changes))
            Fill(operation.Instance ?? operation.Arguments.FirstOrDefault()?.Value, method);
        else if (method.Has(ApiTraits.Fills))
            Fill(Destination(operation), method);
        else if (operation.Instance is { } advanced && Advances(method, advanced))
            Add(new(EffectKind.Advance, Place.Of(Viewed(advanced)), advanced.Syntax) { Callee = method });
        if (method.MethodKind == MethodKind.DelegateInvoke)
            return;
        if (operation.Syntax is ConstructorInitializerSyntax or InvocationExpressionSyntax)
            Call(method, operation.Instance, Names.Of(operation.Syntax));
        else if (operation.Parent is IObjectOrCollectionInitializerOperation)
            Call(method, operation.Instance, operation.Syntax, isImplicit: true);
        else
            CallBack(method, operation.Instance, operation.Syntax);
        if (!IsOwn(method) && method.ContainingAssembly?.Name != "TensorGraph")
            CallBack([.. Given(operation.Arguments), .. operation.Instance is { } instance ? [instance] : Array.Empty<IOperation>()]);
    }

    // What acts on the world has a rule of its own, but text in memory is an object like any other. A struct in a variable is written as a whole.
    private bool Advances(IMethodSymbol method, IOperation on) => method.Has(ApiTraits.Advances) && !IsOwn(method)
        && !method.ContainingType.IsOfLibrary() && (!method.Has(ApiTraits.ActsOnWorld) || on.Type?.Name == "StringWriter")
        && !(on.Type is { IsValueType: true } && Place.Of(on).Variable is not null);

    public override void VisitMethodReference(IMethodReferenceOperation operation)
    {
        bool outer = _isOnHost;
        _isOnHost |= _host.Contains(Names.Of(operation.Syntax));
        base.VisitMethodReference(operation);
        // Who has the delegate may call it. Its place is the name of the method.
        if (operation is { Method: var method, Instance: { } changed } && (method.Has(ApiTraits.Changes) || Advances(method, changed)))
            Add(new(method.Has(ApiTraits.Changes) ? EffectKind.Fill : EffectKind.Advance, Place.Of(Viewed(changed)), Names.Of(operation.Syntax))
            {
                Callee = method,
            });
        Call(operation.Method, operation.Instance, Names.Of(operation.Syntax));
        _isOnHost = outer;
    }

    public override void VisitObjectCreation(IObjectCreationOperation operation)
    {
        foreach (IArgumentOperation argument in operation.Arguments)
            Visit(argument);
        Call(operation.Constructor, operation, operation.Syntax);
        Visit(operation.Initializer);
        if (operation.Constructor is { } constructor && !IsOwn(constructor) && constructor.ContainingAssembly?.Name != "TensorGraph")
            CallBack([.. Given(operation.Arguments)]);
    }

    public override void VisitUnaryOperator(IUnaryOperation operation)
    {
        base.VisitUnaryOperator(operation);
        if (operation.OperatorKind is UnaryOperatorKind.True or UnaryOperatorKind.False)
            CallBack(operation.OperatorMethod, null, operation.Syntax);
        else
            Call(operation.OperatorMethod, null, operation.Syntax);
    }

    public override void VisitConversion(IConversionOperation operation)
    {
        base.VisitConversion(operation);
        Call(operation.OperatorMethod, null, operation.Syntax, operation.IsImplicit);
    }

    public override void VisitWith(IWithOperation operation)
    {
        base.VisitWith(operation);
        if (operation.Type is INamedTypeSymbol { IsRecord: true } type)
            CallBack(type.InstanceConstructors.FirstOrDefault(c => c.Parameters.Length == 1
                && SymbolEqualityComparer.Default.Equals(c.Parameters[0].Type, type)), operation.Operand, operation.Syntax);
    }

    public override void VisitForEachLoop(IForEachLoopOperation operation)
    {
        base.VisitForEachLoop(operation);
        if (operation.Syntax is not CommonForEachStatementSyntax loop)
            return;
        ForEachStatementInfo info = _model.GetForEachStatementInfo(loop);
        if (loop is ForEachVariableStatementSyntax several)
            Deconstruct(_model.GetDeconstructionInfo(several), operation.Collection, loop);
        foreach (IMethodSymbol? method in new[] { info.GetEnumeratorMethod, info.MoveNextMethod, info.CurrentProperty?.GetMethod,
            info.DisposeMethod })
            Call(method, operation.Collection, loop, isImplicit: true);
        // An interface of the framework stands for whatever implements it here. An array is walked by its elements.
        if (info.GetEnumeratorMethod is { ContainingType.TypeKind: TypeKind.Interface } enumerated
            && Bare(operation.Collection).Type is not IArrayTypeSymbol)
            CallBack(enumerated, operation.Collection, loop);
        CallBack(operation.Collection);
    }

    public override void VisitUsing(IUsingOperation operation)
    {
        base.VisitUsing(operation);
        Dispose(operation.Resources, operation.Syntax);
    }

    public override void VisitUsingDeclaration(IUsingDeclarationOperation operation)
    {
        base.VisitUsingDeclaration(operation);
        Dispose(operation.DeclarationGroup, operation.Syntax);
    }

    public override void VisitInterpolation(IInterpolationOperation operation)
    {
        base.VisitInterpolation(operation);
        CallBack(operation.Expression);
    }

    public override void VisitSpread(ISpreadOperation operation)
    {
        base.VisitSpread(operation);
        CallBack(operation.Operand);
    }

    public override void VisitImplicitIndexerReference(IImplicitIndexerReferenceOperation operation)
    {
        base.VisitImplicitIndexerReference(operation);
        CallBack(GetterOf(operation.LengthSymbol), operation.Instance, operation.Syntax);
        CallBack(GetterOf(operation.IndexerSymbol), operation.Instance, operation.Syntax);
    }

    public override void VisitRecursivePattern(IRecursivePatternOperation operation)
    {
        base.VisitRecursivePattern(operation);
        Declared(operation.DeclaredSymbol, operation.Syntax, [Place.Of(Place.MatchedBy(operation))]);
        Call(operation.DeconstructSymbol as IMethodSymbol, (operation.Parent as IIsPatternOperation)?.Value, operation.Syntax, isImplicit: true);
    }

    public override void VisitListPattern(IListPatternOperation operation)
    {
        base.VisitListPattern(operation);
        Declared(operation.DeclaredSymbol, operation.Syntax);
        CallBack(GetterOf(operation.LengthSymbol), null, operation.Syntax);
        CallBack(GetterOf(operation.IndexerSymbol), null, operation.Syntax);
    }

    public override void VisitSlicePattern(ISlicePatternOperation operation)
    {
        base.VisitSlicePattern(operation);
        CallBack(GetterOf(operation.SliceSymbol), null, operation.Syntax);
    }

    private void Deconstruct(DeconstructionInfo info, IOperation value, SyntaxNode syntax)
    {
        Call(info.Method, value, syntax, isImplicit: true);
        foreach (DeconstructionInfo nested in info.Nested.IsDefaultOrEmpty ? [] : info.Nested)
            Deconstruct(nested, value, syntax);
    }

    private void Dispose(IOperation resource, SyntaxNode use)
    {
        ILocalSymbol? declared = (resource as IVariableDeclarationGroupOperation)?.Declarations.SelectMany(d => d.Declarators)
            .FirstOrDefault()?.Symbol;
        foreach (IMethodSymbol dispose in (declared?.Type ?? Bare(resource).Type)?.GetMembers("Dispose").OfType<IMethodSymbol>()
            .Where(m => m.Parameters.IsEmpty && IsOwn(m)) ?? [])
        {
            Place at = declared is null ? Place.Of(Bare(resource)) : new(PlaceKind.Variable, declared);
            Add(new(EffectKind.Call, at, use) { Callee = dispose, Form = CallForm.Implicit });
        }
    }

    private static IMethodSymbol? GetterOf(ISymbol? member) => member as IMethodSymbol ?? (member as IPropertySymbol)?.GetMethod;

    /// <summary>A call of a method that is written at the place of the call. Of those that no code shows only this compilation's own count.</summary>
    private void Call(IMethodSymbol? method, IOperation? on, SyntaxNode syntax, bool isImplicit = false)
    {
        if (method is null || (isImplicit && !IsOwn(method)))
            return;
        bool isNamed = syntax is SimpleNameSyntax name && method.MethodKind == MethodKind.Ordinary && name.Identifier.ValueText == method.Name;
        Add(new(EffectKind.Call, ReceiverOf(on, syntax), syntax) { Callee = method, Form = isImplicit
            ? CallForm.Implicit
            : isNamed ? CallForm.Named : CallForm.Unnamed });
    }

    private void CallBack(IMethodSymbol? method, IOperation? on, SyntaxNode syntax)
    {
        if (method is not null && (IsOwn(method) || method.ContainingType.TypeKind == TypeKind.Interface))
            Add(new(EffectKind.Call, ReceiverOf(on, syntax), syntax) { Callee = method, Form = CallForm.Callback });
    }

    /// <summary>Callbacks of objects that the framework gets.</summary>
    private void CallBack(params IOperation[] given)
    {
        foreach (IOperation value in given.Select(Bare))
        {
            foreach (IMethodSymbol method in FrameworkCallbacks.Of(value.Type, Own))
                CallBack(method, value, value.Syntax);
        }
    }

    private static Place ReceiverOf(IOperation? on, SyntaxNode syntax) =>
        on is null && syntax is ConstructorInitializerSyntax ? Place.This : on is null ? Place.Unknown : Place.Of(Bare(on));

    private bool IsOwn(IMethodSymbol method) => SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, Own);

    private static IOperation Bare(IOperation value) =>
        value is IConversionOperation { IsImplicit: true } conversion ? Bare(conversion.Operand) : value;

    // Also those that the compiler puts into a collection.
    private static IEnumerable<IOperation> Given(IEnumerable<IArgumentOperation> arguments) =>
        arguments.SelectMany(a => (a.ArgumentKind, a.Value) switch
    {
        (ArgumentKind.ParamArray, IArrayCreationOperation { Initializer: { } values }) => values.ElementValues,
        (ArgumentKind.ParamCollection, ICollectionExpressionOperation values) => values.Elements,
        _ => [a.Value],
    });

    /// <summary>The collection that a call copies into, else the one that it names or extends.</summary>
    private static IOperation? Destination(IInvocationOperation call)
    {
        bool copies = call.TargetMethod.Name.IndexOf("Copy", StringComparison.Ordinal) >= 0;
        if (!copies && call.Instance is { } own && call.TargetMethod.ContainingType.Name != "Random")
            return own;
        IArgumentOperation? named = call.Arguments.FirstOrDefault(a => a.Parameter is { Name: var name }
            && (name == "dst" || name.StartsWith("destination", StringComparison.Ordinal)));
        return (named ?? (call is { TargetMethod.IsExtensionMethod: true } && copies
            ? call.Arguments.ElementAtOrDefault(1)
            : call.Arguments.FirstOrDefault()))?.Value;
    }
}
