using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TensorGraph.CompilerServices;

/// <summary>
/// Whether two C# values are the same to everything that a graph function can ask of them. That is less than being equal: 0 and -0, 1.0m and 1.00m,
/// one moment in two time zones, and whatever the Equals of a struct leaves out, are equal and lead to different graphs.
/// </summary>
internal static class ExactValue
{
    private static readonly ConcurrentDictionary<Type, Layout> s_layouts = [];

    /// <summary>Text and structs by value, objects by identity.</summary>
    public static bool Same(object? one, object? other)
    {
        if (ReferenceEquals(one, other))
            return true;
        if (one is null || other is null || one.GetType() != other.GetType())
            return false;
        return one switch
        {
            string text => text == (string)other,
            ValueType => s_layouts.GetOrAdd(one.GetType(), static type => new Layout(type)).Same(one, other),
            // What a large number holds inside.
            Array numbers => HostContents.AreSameNumbers(numbers, (Array)other),
            _ => false,
        };
    }

    /// <summary>True for a struct with fields that refer to objects, whose content may differ where the references do not.</summary>
    public static bool HasObjects(Type type) => s_layouts.GetOrAdd(type, static type => new Layout(type)).HasObjects;

    private sealed class Layout
    {
        private readonly int _size;
        private readonly FieldInfo[] _fields;
        private readonly bool _isNumber;
        private readonly bool _isPlain;
        private readonly bool _isWhole;

        public bool HasObjects { get; }

        [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Without its fields a type is compared by its Equals.")]
        public Layout(Type type)
        {
            _size = RuntimeHelpers.SizeOf(type.TypeHandle);
            _isNumber = type.IsPrimitive || type.IsEnum || type.IsPointer || type.IsFunctionPointer;
            _fields = _isNumber ? [] : type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
            Layout[] parts = [.. _fields.Select(field => field.FieldType).Where(part => part.IsValueType || part.IsPointer)
                .Select(part => new Layout(part))];
            _isPlain = _isNumber || (_fields.Length > 0 && parts.Length == _fields.Length && Array.TrueForAll(parts, part => part._isPlain));
            // Elements of an inline array or a fixed buffer are no fields.
            _isWhole = _isNumber || type.IsDefined(typeof(InlineArrayAttribute), inherit: false)
                || type.StructLayoutAttribute is { Size: > 0 } or { Value: LayoutKind.Explicit }
                || Array.Exists(parts, part => part._isWhole && !part._isNumber);
            HasObjects = !_isWhole
                && (Array.Exists(_fields, field => !field.FieldType.IsValueType && !field.FieldType.IsPointer && field.FieldType != typeof(string))
                || Array.Exists(parts, part => part.HasObjects));
        }

        public bool Same(object one, object other)
        {
            if (_isPlain && Bytes(one).SequenceEqual(Bytes(other)))
                return true;
            if (_isPlain && _isWhole)
                return false;
            // Bytes between the fields may hold anything.
            return _fields.Length == 0 || _isWhole ? one.Equals(other) : Array.TrueForAll(_fields,
                field => ExactValue.Same(field.GetValue(one), field.GetValue(other)));
        }

        private ReadOnlySpan<byte> Bytes(object boxed) => MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<Box>(boxed).First, _size);
    }

    // Any boxed value, seen as its bytes.
    private sealed class Box
    {
        public byte First = 0;
    }
}
