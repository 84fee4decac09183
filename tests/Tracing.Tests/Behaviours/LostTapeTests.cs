using System.Runtime.CompilerServices;

namespace TensorGraph.Tests;

/// <summary>A tape that the program has lost is closed, and what it recorded is free.</summary>
public sealed class LostTapeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_lost_tape_recorded_is_free_while_another_one_is_open(bool persistent)
    {
        using var open = new GradientTape(persistent: true);
        Tensor z = new[] { 1f, 2 };
        open.Watch(z);
        Tensor before = z * z;

        var lost = Enumerable.Range(0, 5).SelectMany(_ => Lose(persistent)).ToArray();
        // The first op after a collection finds out, the next one frees what it has shown.
        for (int i = 0; i < 3 && lost.Any(tensor => tensor.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            _ = z + 1;
        }

        Assert.DoesNotContain(lost, tensor => tensor.IsAlive);
        Assert.Equal([3f, 5], open.Gradient(before + z, z)!.ToArray<float>());
    }

    [Fact]
    public void A_tape_that_is_only_disposed_of_gives_its_gradient()
    {
        Tensor x = new[] { 1f, 2 };
        var (tape, y) = Closed(x);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.Equal([2f, 4], tape.Gradient(y, x)!.ToArray<float>());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] Lose(bool persistent)
    {
        Tensor x = new[] { 1f, 2 };
        var tape = new GradientTape(persistent);
        tape.Watch(x);
        Tensor y = x;
        for (int i = 0; i < 3; i++)
            y *= x;
        if (persistent)
            Assert.Equal([4f, 32], tape.Gradient(y, x)!.ToArray<float>());
        return [new(x), new(y)];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (GradientTape Tape, Tensor Y) Closed(Tensor x)
    {
        using var tape = new GradientTape(persistent: true);
        tape.Watch(x);
        return (tape, x * x);
    }
}
