using TorchSharp;

namespace TensorGraph.Tests.Front;

/// <summary>Trains one program twice from the same start: by TorchSharp, and as graphs.</summary>
internal static class Twins
{
    /// <summary>Losses, parameters and buffers stay the same after each step.</summary>
    /// <param name="make">Makes the program.</param>
    /// <param name="model">What it trains.</param>
    /// <param name="step">One step, with its number; gives the loss.</param>
    /// <param name="steps">How many.</param>
    /// <param name="tolerance">Of numbers, relative and absolute.</param>
    public static void Train<T>(Func<T> make, Func<T, torch.nn.Module> model, Func<T, int, torch.Tensor> step, int steps = 6, double tolerance = 1e-4)
    {
        using var scope = torch.NewDisposeScope();
        using var use = new GradientUse(false);
        (T eager, T traced) = (Seeded(1, make), Seeded(1, make));
        Assert.NotEmpty(model(eager).named_parameters());
        for (int i = 0; i < steps; i++)
        {
            torch.Tensor expected;
            using ((TensorGraphOptions.Current with { RunImperatively = true }).Use()) expected = Seeded(100 + i, () => step(eager, i));
            torch.Tensor found = Seeded(100 + i, () => step(traced, i));
            Same.Close(expected, found, tolerance, $"loss {i}");
            foreach (var (e, t) in model(eager).named_parameters().Zip(model(traced).named_parameters()))
                Same.Close(e.parameter, t.parameter, tolerance, $"{e.name} after step {i}");
            foreach (var (e, t) in model(eager).named_buffers().Zip(model(traced).named_buffers()))
                Same.Close(e.buffer, t.buffer, tolerance, $"{e.name} after step {i}");
        }
    }

    private static T Seeded<T>(int seed, Func<T> run)
    {
        torch.manual_seed(seed);
        return run();
    }
}
