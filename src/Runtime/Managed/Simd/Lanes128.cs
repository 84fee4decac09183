using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TensorGraph.Backends.Managed;

/// <summary><inheritdoc cref="ILanes{V,T}"/> This one is 128 bits wide.</summary>
internal readonly unsafe struct Lanes128<T>(Vector128<T> v) : ILanes<Lanes128<T>, T>
    where T : unmanaged
{
    public readonly Vector128<T> V = v;

    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Count => Vector128<T>.Count;

    [MethodImpl(Inline)] public static Lanes128<T> Broadcast(T value) => new(Vector128.Create(value));
    [MethodImpl(Inline)] public static Lanes128<T> Load(byte* address) => new(Vector128.Load((T*)address));
    [MethodImpl(Inline)] public static void Store(byte* address, Lanes128<T> value) => value.V.Store((T*)address);

    [MethodImpl(Inline)] public static Lanes128<T> operator +(Lanes128<T> a, Lanes128<T> b) => new(a.V + b.V);
    [MethodImpl(Inline)] public static Lanes128<T> operator -(Lanes128<T> a, Lanes128<T> b) => new(a.V - b.V);
    [MethodImpl(Inline)] public static Lanes128<T> operator *(Lanes128<T> a, Lanes128<T> b) => new(a.V * b.V);
    [MethodImpl(Inline)] public static Lanes128<T> operator /(Lanes128<T> a, Lanes128<T> b) => new(a.V / b.V);
    [MethodImpl(Inline)] public static Lanes128<T> operator -(Lanes128<T> a) => new(-a.V);
    [MethodImpl(Inline)] public static Lanes128<T> operator &(Lanes128<T> a, Lanes128<T> b) => new(a.V & b.V);
    [MethodImpl(Inline)] public static Lanes128<T> operator |(Lanes128<T> a, Lanes128<T> b) => new(a.V | b.V);
    [MethodImpl(Inline)] public static Lanes128<T> operator ^(Lanes128<T> a, Lanes128<T> b) => new(a.V ^ b.V);
    [MethodImpl(Inline)] public static Lanes128<T> operator ~(Lanes128<T> a) => new(~a.V);

    [MethodImpl(Inline)] public static Lanes128<T> Less(Lanes128<T> a, Lanes128<T> b) => new(Vector128.LessThan(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes128<T> LessOrEqual(Lanes128<T> a, Lanes128<T> b) => new(Vector128.LessThanOrEqual(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes128<T> Equal(Lanes128<T> a, Lanes128<T> b) => new(Vector128.Equals(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes128<T> Select(Lanes128<T> mask, Lanes128<T> a, Lanes128<T> b) =>
        new(Vector128.ConditionalSelect(mask.V, a.V, b.V));

    [MethodImpl(Inline)]
    public static bool AnyTrue(Lanes128<T> mask) =>
        sizeof(T) == 4 ? Vector128.AnyWhereAllBitsSet(mask.V.AsInt32()) : Vector128.AnyWhereAllBitsSet(mask.V.AsInt64());

    [MethodImpl(Inline)]
    public static Lanes128<T> Fma(Lanes128<T> a, Lanes128<T> b, Lanes128<T> c)
    {
        if (typeof(T) == typeof(float)) return From(Vector128.FusedMultiplyAdd(a.V.AsSingle(), b.V.AsSingle(), c.V.AsSingle()));
        if (typeof(T) == typeof(double)) return From(Vector128.FusedMultiplyAdd(a.V.AsDouble(), b.V.AsDouble(), c.V.AsDouble()));
        return a * b + c;
    }

    [MethodImpl(Inline)]
    public static Lanes128<T> MultiplyAdd(Lanes128<T> a, Lanes128<T> b, Lanes128<T> c)
    {
        if (typeof(T) == typeof(float)) return From(Vector128.MultiplyAddEstimate(a.V.AsSingle(), b.V.AsSingle(), c.V.AsSingle()));
        if (typeof(T) == typeof(double)) return From(Vector128.MultiplyAddEstimate(a.V.AsDouble(), b.V.AsDouble(), c.V.AsDouble()));
        return a * b + c;
    }

    [MethodImpl(Inline)] public static Lanes128<T> Sqrt(Lanes128<T> a) => new(Vector128.Sqrt(a.V));

    [MethodImpl(Inline)]
    public static Lanes128<T> Floor(Lanes128<T> a) =>
        sizeof(T) == 4 ? From(Vector128.Floor(a.V.AsSingle())) : From(Vector128.Floor(a.V.AsDouble()));

    [MethodImpl(Inline)]
    public static Lanes128<T> Ceiling(Lanes128<T> a) =>
        sizeof(T) == 4 ? From(Vector128.Ceiling(a.V.AsSingle())) : From(Vector128.Ceiling(a.V.AsDouble()));

    [MethodImpl(Inline)]
    public static Lanes128<T> RoundEven(Lanes128<T> a) =>
        sizeof(T) == 4 ? From(Vector128.Round(a.V.AsSingle())) : From(Vector128.Round(a.V.AsDouble()));

    [MethodImpl(Inline)]
    public static Lanes128<T> Truncate(Lanes128<T> a) =>
        sizeof(T) == 4 ? From(Vector128.Truncate(a.V.AsSingle())) : From(Vector128.Truncate(a.V.AsDouble()));

    [MethodImpl(Inline)] public static Lanes128<T> Abs(Lanes128<T> a) => new(Vector128.Abs(a.V));
    [MethodImpl(Inline)] public static Lanes128<T> Min(Lanes128<T> a, Lanes128<T> b) => new(Vector128.Min(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes128<T> Max(Lanes128<T> a, Lanes128<T> b) => new(Vector128.Max(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes128<T> MinNative(Lanes128<T> a, Lanes128<T> b) => new(Vector128.MinNative(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes128<T> MaxNative(Lanes128<T> a, Lanes128<T> b) => new(Vector128.MaxNative(a.V, b.V));

    public static bool HasScale => Avx512F.VL.IsSupported;

    [MethodImpl(Inline)]
    public static Lanes128<T> Scale(Lanes128<T> a, Lanes128<T> n) =>
        sizeof(T) == 4 ? From(Avx512F.VL.Scale(a.V.AsSingle(), n.V.AsSingle())) : From(Avx512F.VL.Scale(a.V.AsDouble(), n.V.AsDouble()));

    [MethodImpl(Inline)]
    public static Lanes128<T> AddBits(Lanes128<T> a, Lanes128<T> b) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() + b.V.AsInt32()) : From(a.V.AsInt64() + b.V.AsInt64());

    [MethodImpl(Inline)]
    public static Lanes128<T> SubtractBits(Lanes128<T> a, Lanes128<T> b) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() - b.V.AsInt32()) : From(a.V.AsInt64() - b.V.AsInt64());

    [MethodImpl(Inline)]
    public static Lanes128<T> LessBits(Lanes128<T> a, Lanes128<T> b) =>
        sizeof(T) == 4 ? From(Vector128.LessThan(a.V.AsInt32(), b.V.AsInt32())) : From(Vector128.LessThan(a.V.AsInt64(), b.V.AsInt64()));

    [MethodImpl(Inline)]
    public static Lanes128<T> ShiftLeftBits(Lanes128<T> a, int count) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() << count) : From(a.V.AsInt64() << count);

    [MethodImpl(Inline)]
    public static Lanes128<T> ShiftRightBits(Lanes128<T> a, int count) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() >>> count) : From(a.V.AsInt64() >>> count);

    [MethodImpl(Inline)]
    public static Lanes128<T> ShiftRightArithmeticBits(Lanes128<T> a, int count) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() >> count) : From(a.V.AsInt64() >> count);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Lanes128<T> Map(Lanes128<T> a, delegate*<T, T> function)
    {
        T* x = stackalloc T[Count];
        a.V.Store(x);
        for (int i = 0; i < Count; i++) x[i] = function(x[i]);
        return new(Vector128.Load(x));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Lanes128<T> Map(Lanes128<T> a, Lanes128<T> b, delegate*<T, T, T> function)
    {
        T* x = stackalloc T[Count];
        T* y = stackalloc T[Count];
        a.V.Store(x);
        b.V.Store(y);
        for (int i = 0; i < Count; i++) x[i] = function(x[i], y[i]);
        return new(Vector128.Load(x));
    }

    /// <summary>The same bits as elements of another type.</summary>
    [MethodImpl(Inline)] public static Lanes128<U> Reinterpret<U>(Lanes128<T> a) where U : unmanaged => new(a.V.As<T, U>());

    [MethodImpl(Inline)] private static Lanes128<T> From<U>(Vector128<U> v) => new(v.As<U, T>());
}
