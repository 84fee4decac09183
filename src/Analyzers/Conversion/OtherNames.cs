using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// Places that the code of a method may read by another name than that of a parameter which its caller passes by reference: fields, elements,
/// variables of an enclosing function, and other such parameters.
/// </summary>
internal sealed class OtherNames(ConversionContext context)
{
    // A generic type may hold ever larger ones.
    private const int Deepest = 10;

    private readonly Dictionary<IParameterSymbol, bool> _known = new(SymbolEqualityComparer.Default);
    private Reads? _reads;

    /// <summary>True if code that runs in the method may read by another name what the caller passes for a parameter.</summary>
    public bool MayRead(IParameterSymbol parameter) =>
        _known.TryGetValue(parameter, out bool known) ? known : _known[parameter] = MayRead(parameter, _reads ??= Find());

    private static bool MayRead(IParameterSymbol parameter, Reads reads)
    {
        ITypeSymbol type = parameter.Type;
        return reads.AnyPlace || reads.Contents.Any(t => Reaches(t, type)) || reads.Places.Exists(p =>
            !SymbolEqualityComparer.Default.Equals(p.Symbol, parameter) && (Holds(p.Type, type) || (type.IsValueType && Holds(type, p.Type))));
    }

    private Reads Find()
    {
        var reads = new Reads();
        Add(reads, context.Effects);
        foreach (IMethodSymbol method in context.Calls.ReachedFrom(CallGraph.Definition(context.Method)))
        {
            if (context.Calls.Declaration(method) is { } declaration && declaration != context.Declaration)
                Add(reads, Effects.Of(declaration, context.Calls.Model(declaration.SyntaxTree)));
        }
        return reads;
    }

    private static void Add(Reads reads, Effects effects)
    {
        foreach (Effect read in effects.WhileTracing)
        {
            if (read is not { Kind: EffectKind.Read, At: { Type: { } type, Symbol: { } symbol } } || effects.IsNew(read.At.Root))
                continue;
            reads.Contents.Add(type);
            // Who made the delegate knows other places.
            reads.AnyPlace |= type.TypeKind == TypeKind.Delegate && symbol is not ILocalSymbol;
            if (symbol is IFieldSymbol { IsReadOnly: false } or IParameterSymbol { RefKind: not RefKind.None }
                or ILocalSymbol { RefKind: not RefKind.None }
                || (symbol is ILocalSymbol or IParameterSymbol && read.Function is { } function && !DeclaredIn(symbol, function)))
                reads.Places.Add((symbol, type));
        }
    }

    private static bool DeclaredIn(ISymbol variable, SyntaxNode function) => function.Span.Contains(variable.Locations[0].SourceSpan);

    /// <summary>True if a place of one type has one of <paramref name="part"/> in it, or is it.</summary>
    private static bool Holds(ITypeSymbol whole, ITypeSymbol part, int depth = 0) => depth < Deepest
        && (SymbolEqualityComparer.Default.Equals(whole, part) || FieldsOf(whole).Any(f => Holds(f, part, depth + 1)));

    /// <summary>True if a value leads to places of another type: the elements of an array, or of a collection of arrays.</summary>
    private static bool Reaches(ITypeSymbol value, ITypeSymbol type, int depth = 0) => depth < Deepest && (value switch
    {
        IArrayTypeSymbol array => Holds(array.ElementType, type) || Reaches(array.ElementType, type, depth + 1),
        INamedTypeSymbol { IsTupleType: false, IsRefLikeType: true } view => view.TypeArguments.Any(t => Holds(t, type)),
        INamedTypeSymbol { IsTupleType: false } named when named.TypeArguments.Any(t => Reaches(t, type, depth + 1)) => true,
        _ => FieldsOf(value).Any(f => Reaches(f, type, depth + 1)),
    });

    private static IEnumerable<ITypeSymbol> FieldsOf(ITypeSymbol type) =>
        type is INamedTypeSymbol { IsValueType: true, SpecialType: SpecialType.None } named
        ? named.GetMembers().OfType<IFieldSymbol>().Where(f => !f.IsStatic).Select(f => f.Type)
        : [];

    private sealed class Reads
    {
        public List<(ISymbol Symbol, ITypeSymbol Type)> Places { get; } = [];

        /// <summary>The types of all values that are read: the elements of an array are places of their own.</summary>
        public HashSet<ITypeSymbol> Contents { get; } = new(SymbolEqualityComparer.Default);

        public bool AnyPlace { get; set; }
    }
}
