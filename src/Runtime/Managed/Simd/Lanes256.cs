using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TensorGraph.Backends.Managed;

/// <summary><inheritdoc cref="ILanes{V,T}"/> This one is 256 bits wide.</summary>
internal readonly unsafe struct Lanes256<T>(Vector256<T> v) : ILanes<Lanes256<T>, T>
    where T : unmanaged
{
    public readonly Vector256<T> V = v;

    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Count => Vector256<T>.Count;

    [MethodImpl(Inline)] public static Lanes256<T> Broadcast(T value) => new(Vector256.Create(value));
    [MethodImpl(Inline)] public static Lanes256<T> Load(byte* address) => new(Vector256.Load((T*)address));
    [MethodImpl(Inline)] public static void Store(byte* address, Lanes256<T> value) => value.V.Store((T*)address);

    [MethodImpl(Inline)] public static Lanes256<T> operator +(Lanes256<T> a, Lanes256<T> b) => new(a.V + b.V);
    [MethodImpl(Inline)] public static Lanes256<T> operator -(Lanes256<T> a, Lanes256<T> b) => new(a.V - b.V);
    [MethodImpl(Inline)] public static Lanes256<T> operator *(Lanes256<T> a, Lanes256<T> b) => new(a.V * b.V);
    [MethodImpl(Inline)] public static Lanes256<T> operator /(Lanes256<T> a, Lanes256<T> b) => new(a.V / b.V);
    [MethodImpl(Inline)] public static Lanes256<T> operator -(Lanes256<T> a) => new(-a.V);
    [MethodImpl(Inline)] public static Lanes256<T> operator &(Lanes256<T> a, Lanes256<T> b) => new(a.V & b.V);
    [MethodImpl(Inline)] public static Lanes256<T> operator |(Lanes256<T> a, Lanes256<T> b) => new(a.V | b.V);
    [MethodImpl(Inline)] public static Lanes256<T> operator ^(Lanes256<T> a, Lanes256<T> b) => new(a.V ^ b.V);
    [MethodImpl(Inline)] public static Lanes256<T> operator ~(Lanes256<T> a) => new(~a.V);

    [MethodImpl(Inline)] public static Lanes256<T> Less(Lanes256<T> a, Lanes256<T> b) => new(Vector256.LessThan(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes256<T> LessOrEqual(Lanes256<T> a, Lanes256<T> b) => new(Vector256.LessThanOrEqual(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes256<T> Equal(Lanes256<T> a, Lanes256<T> b) => new(Vector256.Equals(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes256<T> Select(Lanes256<T> mask, Lanes256<T> a, Lanes256<T> b) =>
        new(Vector256.ConditionalSelect(mask.V, a.V, b.V));

    [MethodImpl(Inline)]
    public static bool AnyTrue(Lanes256<T> mask) =>
        sizeof(T) == 4 ? Vector256.AnyWhereAllBitsSet(mask.V.AsInt32()) : Vector256.AnyWhereAllBitsSet(mask.V.AsInt64());

    [MethodImpl(Inline)]
    public static Lanes256<T> Fma(Lanes256<T> a, Lanes256<T> b, Lanes256<T> c)
    {
        if (typeof(T) == typeof(float)) return From(Vector256.FusedMultiplyAdd(a.V.AsSingle(), b.V.AsSingle(), c.V.AsSingle()));
        if (typeof(T) == typeof(double)) return From(Vector256.FusedMultiplyAdd(a.V.AsDouble(), b.V.AsDouble(), c.V.AsDouble()));
        return a * b + c;
    }

    [MethodImpl(Inline)]
    public static Lanes256<T> MultiplyAdd(Lanes256<T> a, Lanes256<T> b, Lanes256<T> c)
    {
        if (typeof(T) == typeof(float)) return From(Vector256.MultiplyAddEstimate(a.V.AsSingle(), b.V.AsSingle(), c.V.AsSingle()));
        if (typeof(T) == typeof(double)) return From(Vector256.MultiplyAddEstimate(a.V.AsDouble(), b.V.AsDouble(), c.V.AsDouble()));
        return a * b + c;
    }

    [MethodImpl(Inline)] public static Lanes256<T> Sqrt(Lanes256<T> a) => new(Vector256.Sqrt(a.V));

    [MethodImpl(Inline)]
    public static Lanes256<T> Floor(Lanes256<T> a) =>
        sizeof(T) == 4 ? From(Vector256.Floor(a.V.AsSingle())) : From(Vector256.Floor(a.V.AsDouble()));

    [MethodImpl(Inline)]
    public static Lanes256<T> Ceiling(Lanes256<T> a) =>
        sizeof(T) == 4 ? From(Vector256.Ceiling(a.V.AsSingle())) : From(Vector256.Ceiling(a.V.AsDouble()));

    [MethodImpl(Inline)]
    public static Lanes256<T> RoundEven(Lanes256<T> a) =>
        sizeof(T) == 4 ? From(Vector256.Round(a.V.AsSingle())) : From(Vector256.Round(a.V.AsDouble()));

    [MethodImpl(Inline)]
    public static Lanes256<T> Truncate(Lanes256<T> a) =>
        sizeof(T) == 4 ? From(Vector256.Truncate(a.V.AsSingle())) : From(Vector256.Truncate(a.V.AsDouble()));

    [MethodImpl(Inline)] public static Lanes256<T> Abs(Lanes256<T> a) => new(Vector256.Abs(a.V));
    [MethodImpl(Inline)] public static Lanes256<T> Min(Lanes256<T> a, Lanes256<T> b) => new(Vector256.Min(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes256<T> Max(Lanes256<T> a, Lanes256<T> b) => new(Vector256.Max(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes256<T> MinNative(Lanes256<T> a, Lanes256<T> b) => new(Vector256.MinNative(a.V, b.V));
    [MethodImpl(Inline)] public static Lanes256<T> MaxNative(Lanes256<T> a, Lanes256<T> b) => new(Vector256.MaxNative(a.V, b.V));

    public static bool HasScale => Avx512F.VL.IsSupported;

    [MethodImpl(Inline)]
    public static Lanes256<T> Scale(Lanes256<T> a, Lanes256<T> n) =>
        sizeof(T) == 4 ? From(Avx512F.VL.Scale(a.V.AsSingle(), n.V.AsSingle())) : From(Avx512F.VL.Scale(a.V.AsDouble(), n.V.AsDouble()));

    [MethodImpl(Inline)]
    public static Lanes256<T> AddBits(Lanes256<T> a, Lanes256<T> b) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() + b.V.AsInt32()) : From(a.V.AsInt64() + b.V.AsInt64());

    [MethodImpl(Inline)]
    public static Lanes256<T> SubtractBits(Lanes256<T> a, Lanes256<T> b) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() - b.V.AsInt32()) : From(a.V.AsInt64() - b.V.AsInt64());

    [MethodImpl(Inline)]
    public static Lanes256<T> LessBits(Lanes256<T> a, Lanes256<T> b) =>
        sizeof(T) == 4 ? From(Vector256.LessThan(a.V.AsInt32(), b.V.AsInt32())) : From(Vector256.LessThan(a.V.AsInt64(), b.V.AsInt64()));

    [MethodImpl(Inline)]
    public static Lanes256<T> ShiftLeftBits(Lanes256<T> a, int count) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() << count) : From(a.V.AsInt64() << count);

    [MethodImpl(Inline)]
    public static Lanes256<T> ShiftRightBits(Lanes256<T> a, int count) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() >>> count) : From(a.V.AsInt64() >>> count);

    [MethodImpl(Inline)]
    public static Lanes256<T> ShiftRightArithmeticBits(Lanes256<T> a, int count) =>
        sizeof(T) == 4 ? From(a.V.AsInt32() >> count) : From(a.V.AsInt64() >> count);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Lanes256<T> Map(Lanes256<T> a, delegate*<T, T> function)
    {
        T* x = stackalloc T[Count];
        a.V.Store(x);
        for (int i = 0; i < Count; i++) x[i] = function(x[i]);
        return new(Vector256.Load(x));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Lanes256<T> Map(Lanes256<T> a, Lanes256<T> b, delegate*<T, T, T> function)
    {
        T* x = stackalloc T[Count];
        T* y = stackalloc T[Count];
        a.V.Store(x);
        b.V.Store(y);
        for (int i = 0; i < Count; i++) x[i] = function(x[i], y[i]);
        return new(Vector256.Load(x));
    }

    /// <summary>The same bits as elements of another type.</summary>
    [MethodImpl(Inline)] public static Lanes256<U> Reinterpret<U>(Lanes256<T> a) where U : unmanaged => new(a.V.As<T, U>());

    [MethodImpl(Inline)] private static Lanes256<T> From<U>(Vector256<U> v) => new(v.As<U, T>());
}
