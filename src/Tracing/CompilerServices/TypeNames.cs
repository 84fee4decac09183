using System.Globalization;

namespace TensorGraph.CompilerServices;

/// <summary>Types as C# writes them.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(char)] = "char",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
    };

    /// <summary><c>int</c>, <c>Company.Model</c>, <c>System.Collections.Generic.List&lt;float[]&gt;</c></summary>
    public static string Of(Type type)
    {
        if (s_keywords.TryGetValue(type, out string? keyword))
            return keyword;
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        // `Outer`1+Inner`1` has the arguments of both.
        string name = (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName ?? type.Name;
        var arguments = new Queue<Type>(type.GetGenericArguments());
        return string.Join('.', name.Split('+').Select(part =>
        {
            string[] halves = part.Split('`');
            if (halves.Length == 1)
                return part;
            var own = Enumerable.Range(0, int.Parse(halves[1], CultureInfo.InvariantCulture)).Select(_ => Of(arguments.Dequeue()));
            return $"{halves[0]}<{string.Join(", ", own)}>";
        }));
    }
}
