using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TensorGraph.Backends.Managed;

/// <summary><inheritdoc cref="ILanes{V,T}"/> This one is 512 bits wide.</summary>
internal readonly unsafe struct Lanes512<T>(Vector512<T> v) : ILanes<Lanes512<T>, T>
    where T : unmanaged
{
    public readonly Vector512<T> V = v;

    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Count => Vector512<T>.Count;

    [MethodImpl(Inline)] public static Lanes512<T> Broadcast(T value) => new(Vector512.Create(value));
    [MethodImpl(Inline)] public static Lanes512<T> Load(byte* address) => new(Vector512.Load((T*)address));
    [MethodImpl(Inline)] public static void Store(byte* address, Lanes512<T> value) => value.V.Store((T*)address);

    [MethodImpl(Inline)] public static Lanes512<T> operator +(Lanes512<T> a, Lanes512<T> b) => new(a.V + b.V);
    [MethodImpl(Inline)] public static Lanes512<T> operator -(Lanes512<T> a, Lanes512<T> b) => new(a.V - b.V);
    [MethodImpl(Inline)] public static Lanes512<T> operator *(Lanes512<T> a, Lanes512<T> b) => new(a.V * b.V);
    [MethodImpl(Inline)] public static Lanes512<T> operator /(Lanes512<T> a, Lanes512<T> b) => new(a.V / b.V);
    [MethodImpl(Inline)] public static Lanes512<T> operator -(Lanes512<T> a) => new(-a.V);
    [MethodImpl(Inline)] public static Lanes512<T> operator &(Lanes512<T> a, Lanes512<T> b) => new(a.V & b.V);
    [MethodImpl(Inline)] public static Lanes512<T> operator |(Lanes512<T> a, Lanes512<T> b) => new(a.V | b.V);
    [MethodImpl(Inline)] public static Lanes512<T> operator ^(Lanes512<T> a, Lanes512<T> b) => new(a.V ^ b.V);
    [MethodImpl(Inline)] public static Lanes512<T> operator ~(Lanes512<T> a) => new(~a.V);

    [MethodImpl(Inline)] public static Lanes512<T> Less(Lanes512<T> a, Lanes512<T> b) => new(Vector512.LessThan(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes512<T> LessOrEqual(Lanes512<T> a, Lanes512<T> b) => new(Vector512.LessThanOrEqual(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes512<T> Equal(Lanes512<T> a, Lanes512<T> b) => new(Vector512.Equals(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes512<T> Select(Lanes512<T> mask, Lanes512<T> a, Lanes512<T> b) =>
        new(Vector512.ConditionalSelect(mask.V, a.V, b.V));

    [MethodImpl(Inline)]
    public static bool AnyTrue(Lanes512<T> mask) =>
        sizeof(T) == 4 ? Vector512.AnyWhereAllBitsSet(mask.V.AsInt32()) : Vector512.AnyWhereAllBitsSet(mask.V.AsInt64());

    [MethodImpl(Inline)]
    public static Lanes512<T> Fma(Lanes512<T> a, Lanes512<T> b, Lanes512<T> c)
    {
        if (typeof(T) == typeof(float)) return From(Vector512.FusedMultiplyAdd(a.V.AsSingle(), b.V.AsSingle(), c.V.AsSingle()));
        if (typeof(T) == typeof(double)) return From(Vector512.FusedMultiplyAdd(a.V.AsDouble(), b.V.AsDouble(), c.V.AsDouble()));
        return a * b + c;
    }

    [MethodImpl(Inline)]
    public static Lanes512<T> MultiplyAdd(Lanes512<T> a, Lanes512<T> b, Lanes512<T> c)
    {
        if (typeof(T) == typeof(float)) return From(Vector512.MultiplyAddEstimate(a.V.AsSingle(), b.V.AsSingle(), c.V.AsSingle()));
        if (typeof(T) == typeof(double)) return From(Vector512.MultiplyAddEstimate(a.V.AsDouble(), b.V.AsDouble(), c.V.AsDouble()));
        return a * b + c;
    }

    [MethodImpl(Inline)] public static Lanes512<T> Sqrt(Lanes512<T> a) => new(Vector512.Sqrt(a.V));

    [MethodImpl(Inline)]
    public static Lanes512<T> Floor(Lanes512<T> a) =>
        sizeof(T) == 4 ? From(Vector512.Floor(a.V.AsSingle())) : From(Vector512.Floor(a.V.AsDouble()));

    [MethodImpl(Inline)]
    public static Lanes512<T> Ceiling(Lanes512<T> a) =>
        sizeof(T) == 4 ? From(Vector512.Ceiling(a.V.AsSingle())) : From(Vector512.Ceiling(a.V.AsDouble()));

    [MethodImpl(Inline)]
    public static Lanes512<T> RoundEven(Lanes512<T> a) =>
        sizeof(T) == 4 ? From(Vector512.Round(a.V.AsSingle())) : From(Vector512.Round(a.V.AsDouble()));

    [MethodImpl(Inline)]
    public static Lanes512<T> Truncate(Lanes512<T> a) =>
        sizeof(T) == 4 ? From(Vector512.Truncate(a.V.AsSingle())) : From(Vector512.Truncate(a.V.AsDouble()));

    [MethodImpl(Inline)] public static Lanes512<T> Abs(Lanes512<T> a) => new(Vector512.Abs(a.V));
    [MethodImpl(Inline)] public static Lanes512<T> Min(Lanes512<T> a, Lanes512<T> b) => new(Vector512.Min(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes512<T> Max(Lanes512<T> a, Lanes512<T> b) => new(Vector512.Max(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes512<T> MinNative(Lanes512<T> a, Lanes512<T> b) => new(Vector512.MinNative(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes512<T> MaxNative(Lanes512<T> a, Lanes512<T> b) => new(Vector512.MaxNative(a.V, b.V));

    public static bool HasScale => Avx512F.IsSupported;

    [MethodImpl(Inline)]
    public static Lanes512<T> Scale(Lanes512<T> a, Lanes512<T> n) =>
        sizeof(T) == 4 ? From(Avx512F.Scale(a.V.AsSingle(), n.V.AsSingle())) : From(Avx512F.Scale(a.V.AsDouble(), n.V.AsDouble()));

    [MethodImpl(Inline)]
    public static Lanes512<T> AddBits(Lanes512<T> a, Lanes512<T> b) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() + b.V.AsInt32()) : From(a.V.AsInt64() + b.V.AsInt64());

    [MethodImpl(Inline)]
    public static Lanes512<T> SubtractBits(Lanes512<T> a, Lanes512<T> b) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() - b.V.AsInt32()) : From(a.V.AsInt64() - b.V.AsInt64());

    [MethodImpl(Inline)]
    public static Lanes512<T> LessBits(Lanes512<T> a, Lanes512<T> b) =>
        sizeof(T) == 4 ? From(Vector512.LessThan(a.V.AsInt32(), b.V.AsInt32())) : From(Vector512.LessThan(a.V.AsInt64(), b.V.AsInt64()));

    [MethodImpl(Inline)]
    public static Lanes512<T> ShiftLeftBits(Lanes512<T> a, int count) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() << count) : From(a.V.AsInt64() << count);

    [MethodImpl(Inline)]
    public static Lanes512<T> ShiftRightBits(Lanes512<T> a, int count) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() >>> count) : From(a.V.AsInt64() >>> count);

    [MethodImpl(Inline)]
    public static Lanes512<T> ShiftRightArithmeticBits(Lanes512<T> a, int count) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() >> count) : From(a.V.AsInt64() >> count);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Lanes512<T> Map(Lanes512<T> a, delegate*<T, T> function)
    {
        T* x = stackalloc T[Count];
        a.V.Store(x);
        for (int i = 0; i < Count; i++) x[i] = function(x[i]);
        return new(Vector512.Load(x));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Lanes512<T> Map(Lanes512<T> a, Lanes512<T> b, delegate*<T, T, T> function)
    {
        T* x = stackalloc T[Count];
        T* y = stackalloc T[Count];
        a.V.Store(x);
        b.V.Store(y);
        for (int i = 0; i < Count; i++) x[i] = function(x[i], y[i]);
        return new(Vector512.Load(x));
    }

    /// <summary>The same bits as elements of another type.</summary>
    [MethodImpl(Inline)] public static Lanes512<U> Reinterpret<U>(Lanes512<T> a) where U : unmanaged => new(a.V.As<T, U>());

    [MethodImpl(Inline)] private static Lanes512<T> From<U>(Vector512<U> v) => new(v.As<U, T>());
}
