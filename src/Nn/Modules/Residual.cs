namespace TensorGraph;

/// <summary>
/// y = body(x) + shortcut(x). Shape: that of the body's output, which the shortcut must give too; without a shortcut that of x. DType: that of the
/// body. Errors: TG2001 shapes, TG2002 dtypes. Source: He et al. 2016.
/// </summary>
public sealed class Residual : Module
{
    /// <summary>A body with a path around it. Errors: TG1002 null.</summary>
    /// <param name="body">The module whose output is added to the input.</param>
    /// <param name="shortcut">Brings the input to the body's shape; null for the input itself.</param>
    public Residual(Module body, Module? shortcut = null) => (Body, Shortcut) = (Check.NotNull(body), shortcut);

    /// <summary>The module whose output is added to the input.</summary>
    public Module Body { get; }

    /// <summary>The module that the input goes through, or null.</summary>
    public Module? Shortcut { get; }

    /// <inheritdoc/>
    protected override Tensor Forward(Tensor x, bool training)
    {
        Tensor y = Body.Call(x, training), around = Shortcut is null ? x : Shortcut.Call(x, training);
        // A smaller one would broadcast and pass unnoticed.
        if (y.Rank != around.Rank)
            Throw.Rank("residual", $"the body gives {y.Type}, the shortcut {around.Type}", "Add a shortcut that gives the body's shape.");
        Check.SameShape("residual", y, around, "the body gives", "the shortcut", "Add a shortcut that gives the body's shape.");
        return y + around;
    }
}
