using System.Collections.Immutable;
using System.Reflection;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests;

/// <summary>Values in the pipeline must be equal by content, and must not keep a compilation alive.</summary>
public sealed class ModelShapeTests
{
    private static readonly Type[] s_models = [typeof(GraphFunctionFiles), typeof(InterceptedCall), typeof(GeneratedFile), typeof(Interceptor)];

    [Fact]
    public void No_Roslyn_type_can_be_reached_from_a_model()
    {
        var seen = new HashSet<Type>();
        var work = new Stack<Type>(s_models);
        while (work.TryPop(out Type? type))
        {
            if (!seen.Add(type))
                continue;
            Assert.False(type.FullName!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal), type.FullName);
            foreach (Type argument in type.GetGenericArguments())
                work.Push(argument);
            if (type.Assembly != typeof(GraphFunctionGenerator).Assembly)
                continue;
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
                work.Push(field.FieldType);
        }
    }

    [Fact]
    public void Every_part_of_a_model_compares_by_content()
    {
        foreach (FieldInfo field in s_models.SelectMany(m => m.GetFields(BindingFlags.Instance | BindingFlags.NonPublic)))
        {
            Assert.True(typeof(IEquatable<>).MakeGenericType(field.FieldType).IsAssignableFrom(field.FieldType), $"{field.DeclaringType!.Name}.{field.Name}");
            Assert.False(field.FieldType.IsGenericType && field.FieldType.GetGenericTypeDefinition() == typeof(ImmutableArray<>), $"{field.Name} would compare by reference");
        }
    }

    [Fact]
    public void Equatable_arrays_compare_their_elements()
    {
        EquatableArray<string> a = new(["x", "y"]);
        Assert.Equal(a, new EquatableArray<string>(["x", "y"]));
        Assert.Equal(a.GetHashCode(), new EquatableArray<string>(["x", "y"]).GetHashCode());
        Assert.NotEqual(a, new EquatableArray<string>(["y", "x"]));
        Assert.Equal(default, new EquatableArray<string>([]));
        Assert.Equal(default(EquatableArray<string>).GetHashCode(), new EquatableArray<string>([]).GetHashCode());
        Assert.Empty(default(EquatableArray<string>));
    }
}
