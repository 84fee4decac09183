#pragma warning disable CS8509, CS8846 // What a switch does without an arm that fits is what is tested.

namespace TensorGraph.Tests;

/// <summary>Which arm a switch of a graph takes, and what happens where none fits.</summary>
public sealed partial class SwitchSemanticsTests
{
    [Fact]
    public void A_switch_takes_the_first_arm_that_fits_and_its_default_else()
    {
        var (results, _) = Modes.Both(() => new[] { -1, 0, 1, 2, 7 }.SelectMany(i => new[] { Chosen(i, 5), ChosenByStatement(i, 5), OneArm(i, 5) }).ToArray());
        Assert.Equal(["0", "-5", "-5", "6", "6", "-5", "10", "10", "-5", "-5", "-5", "-5", "0", "-5", "-5"], results.Select(result => result.ToString()));
    }

    [Fact]
    public void A_switch_without_an_arm_that_fits_throws_when_the_graph_gets_there()
    {
        foreach (bool imperatively in new[] { true, false })
        {
            Modes.Run(
                () =>
                {
                    Assert.Equal(("6", "10"), (NotExhaustive(0, 5).ToString(), NotExhaustive(1, 5).ToString()));
                    var error = Assert.ThrowsAny<Exception>(() => NotExhaustive(2, 5).Item<int>());
                    Assert.IsType<System.Runtime.CompilerServices.SwitchExpressionException>(error.InnerException ?? error);
                    var (first, second) = PairNotExhaustive(1, 5);
                    Assert.Equal(("10", "3"), (first.ToString(), second.ToString()));
                    Assert.ThrowsAny<Exception>(() => PairNotExhaustive(2, 5).First.Item<int>());
                    Assert.Throws<System.Runtime.CompilerServices.SwitchExpressionException>(() => ByDay(DayOfWeek.Sunday, 1, 5));
                    return ByDay(DayOfWeek.Monday, 1, 5);
                }, imperatively);
        }
    }

    [GraphFunction]
    private static Tensor Chosen(Tensor i, Tensor x) => 0 switch { _ when i == 0 => x + 1, _ when i == 1 => x * 2, _ when i == 2 => -x, _ => x * 0 };

    [GraphFunction]
    private static Tensor ChosenByStatement(Tensor i, Tensor x)
    {
        switch (0)
        {
            case 0 when i == 0:
                return x + 1;
            case 0 when i == 1:
                x = x * 2;
                break;
            default:
                x = -x;
                break;
        }

        return x;
    }

    [GraphFunction]
    private static Tensor OneArm(Tensor i, Tensor x) => i switch { _ => -x };

    [GraphFunction]
    private static Tensor NotExhaustive(Tensor i, Tensor x) => 0 switch { _ when i == 0 => x + 1, _ when i == 1 => x * 2 };

    [GraphFunction]
    private static (Tensor First, Tensor Second) PairNotExhaustive(Tensor i, Tensor x) => 0 switch { _ when i == 0 => (x + 1, x), _ when i == 1 => (x * 2, 3) };

    [GraphFunction]
    private static Tensor ByDay(DayOfWeek day, Tensor i, Tensor x) => day switch { DayOfWeek.Monday when i > 0 => x + 1, DayOfWeek.Monday => x * 2, DayOfWeek.Friday => -x };
}
