namespace TensorGraph.Tests;

/// <summary>An error names the function that the user called, not an op that the function is made of.</summary>
public sealed partial class ErrorNameTests
{
    private static readonly Variable s_weight = new(new[] { 1f, 2f, 3f }, "weight");

    private static readonly Tensor s_one = new[] { 1f }, s_two = new[] { 1f, 2f }, s_three = new[] { 1f, 2f, 3f }, s_int = new[] { 1 };

    [Fact]
    public void Stack()
    {
        Modes.Fails("TG2002", () => Stacked(s_one, s_int), "stack: element types differ: f32[1] and i32[1]");
        Modes.Fails("TG2001", () => Stacked(s_one, s_two), "stack: f32[1] and f32[2] differ");
        Modes.Fails("TG2001", () => StackedNone(s_one), "stack: there is nothing to join");
    }

    [Fact]
    public void A_place()
    {
        Modes.Fails("TG2001", () => Set(s_three, s_two), "set: f32[2] does not broadcast to the place, f32[]");
        Modes.Fails("TG2002", () => Set(s_three, s_int), "set: the tensor is f32[3], the value i32[1]");
        Modes.Fails("TG2002", () => Add(s_three, s_int), "add at a place: the tensor is f32[3], the value i32[1]");
    }

    [Fact]
    public void A_variable()
    {
        Modes.Fails("TG2002", () => Assigned(1), "assign_add: variable 'weight' is f32[3], the tensor i32[]");
        Modes.Fails("TG2002", () => Subtracted(1), "assign_sub: variable 'weight' is f32[3], the tensor i32[]");
    }

    [GraphFunction]
    private static Tensor Stacked(Tensor a, Tensor b) => Ops.Stack([a, b]);

    [GraphFunction]
    private static Tensor StackedNone(Tensor a) => Ops.Stack([]) + a;

    [GraphFunction]
    private static Tensor Set(Tensor a, Tensor b) => a.At(1).Set(b);

    [GraphFunction]
    private static Tensor Add(Tensor a, Tensor b) => a.At(1).Add(b);

    [GraphFunction]
    private static Tensor Assigned(Tensor a)
    {
        s_weight.AssignAdd(a);
        return a;
    }

    [GraphFunction]
    private static Tensor Subtracted(Tensor a)
    {
        s_weight.AssignSub(a);
        return a;
    }
}
