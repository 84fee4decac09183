using System.Text.RegularExpressions;

namespace TensorGraph.Tests.Conformance;

/// <summary>Values that a branch or loop carries: exactly those that it changes and later code reads; what it only reads becomes an input.</summary>
public sealed partial class LivenessTests
{
    [Theory]
    [InlineData("x", "while (x < 9) x = x + y; return x;", "only read: an input")]
    [InlineData("x", "while (x < 9) { Tensor t = x * 2; x = t + 1; } return x;", "declared inside")]
    [InlineData("x", "Tensor t = y; while (x < 9) { t = x; x = x + t; } return x;", "written before it is read, and not read after")]
    [InlineData("x, t", "Tensor t = y; while (x < 9) { t = x; x = x + 2; } return t;", "read after")]
    [InlineData("x, t", "Tensor t = y; while (x < 9) { x = x + t; t = t + 1; } return x;", "read in the next turn")]
    [InlineData("x, i", "for (Tensor i = 0; i < 9; i++) x = x + i; return x;", "the counter of a for")]
    [InlineData("x, t", "Tensor t; while (true) { t = x; x = x + 2; if (x > 9) break; } return t;", "without a value before")]
    [InlineData("", "Tensor t; if (x > 3) { t = x; Log(t); } return y;", "changed in a branch, never read")]
    [InlineData("t", "Tensor t; if (x > 3) t = x; else t = y; return t;", "given in both branches")]
    [InlineData("y", "if (x > 3) y = y + 1; return x + y;", "changed in one branch")]
    [InlineData("y", "if (x > 3) { x = x + 1; y = x; } return y;", "a parameter that is dead afterwards")]
    [InlineData("x", "Tensor t = y; if (x > 3) { t = x; x = t + 1; } t = x; return t;", "overwritten before it is read")]
    [InlineData("y", "if (x > 3) { for (Tensor i = 0; i < 3; i++) y = y + i; } return y;", "the counter of an inner loop")]
    [InlineData("p.A, p.B", "(Tensor A, Tensor B) p = (x, y); while (x > p.A + 3) p = (p.B, p.A + 1); return p.A;", "a tuple, leaf by leaf")]
    [InlineData("_state", "if (x > 3) _state = x; return y;", "a field, which any later call may read")]
    [InlineData("x, n", "Tensor n = 0; void Count() => n = n + 1; while (x < 9) { x = x + 2; Count(); } return n;", "changed by a local function")]
    [InlineData("t", "Tensor t = 0; Func<Tensor> f = () => t; if (x > 3) t = x; Tensor r = f(); t = y; return r + t;", "read by a lambda that was made before")]
    [InlineData("t", "Tensor t = 0; var all = from v in new[] { x, y } select v + t; if (x > 3) t = y; return all.First();", "read by a query that runs later")]
    [InlineData("", "Func<Tensor, Tensor> f = y => y + 1; if (x > 3) { y = x; } return f(x);", "the parameter of a lambda is another variable")]
    [InlineData("x, y", "Tensor Next(Tensor v) => v + 1; if (x > 3) { x = Next(x); y = x; } return Next(x) + Next(y);", "local functions are called inside and behind")]
    [InlineData("x, t", "Tensor t = y; Tensor Next(Tensor v) => v + 1; while (x < 9) { x = Next(x); t = Next(x); } return Next(t);", "a local function is called in a loop")]
    [InlineData("", "Tensor t = y; if (x > 3) t = x; if (y > 3) t = 1; else t = 2; return t;", "overwritten on each path behind")]
    [InlineData("t", "Tensor t = y; if (x > 3) t = x; if (y > 3) t = 1; return t;", "overwritten on one path behind")]
    [InlineData("t", "Tensor t = 0; if (x > 3) t = y; if (y > 3) return t; return x;", "read on one path behind")]
    [InlineData("", "Tensor t = y; if (x > 3) { t = t + x; throw new InvalidOperationException($\"{t}\"); } return x;", "read by a throw inside")]
    [InlineData("y", "try { if (x > 3) y = x; } finally { Log(y); } return x;", "read in finally")]
    [InlineData("t", "Tensor t; try { t = int.Parse(\"1\"); } catch (FormatException) { t = y; } if (x > 3) t = x; return t;", "first given in try and catch")]
    [InlineData("x, t", "Tensor t = 0; while (x < 9) { t = x; if (t > 5) break; x = x + 2; } return t;", "read behind a break")]
    [InlineData("x", "Tensor t = 0; while (x < 9) { x = x + 2; if (x > 5) continue; t = x; Log(t); } return x;", "never read in another turn")]
    [InlineData("x", "Tensor t = 0; while (x < 9) { x = x + 2; t = x; if (t > 5) return t; } return x;", "returned inside")]
    [InlineData("_state", "if (x > 3) _state = x; _state = y; return x;", "a field, although it is overwritten")]
    [InlineData("t", "Tensor t = y; if (x > 3) t = x; return (t);", "read in parentheses")]
    [InlineData("t", "Tensor t = y; if (x > 3) t = x; return t!;", "read with !")]
    [InlineData("t", "Tensor t = y; if (x > 3) t = x; return (Shift(t)!);", "read in a call with !")]
    [InlineData("t, k", "Tensor t = y, k = x; if (x > 3) { t = x; k = y; } if ((t > 3)) return (k); return checked(k + 1);", "read in a condition in parentheses")]
    [InlineData("x, t", "Tensor t = y; while ((((x)) < 9)) { t = (x); x = (x + t); } return (t!);", "assigned in parentheses")]
    public void Exactly_the_live_variables_are_carried(string carried, string body, string why)
    {
        string converted = Roslyn.Converted($$"""
            public partial class Model
            {
                private Tensor _state = 0;
                private static Tensor? Shift(Tensor v) => v + 1;
            {{BothWays.LogMember}}
                [GraphFunction] public Tensor F(Tensor x, Tensor y) { {{body}} }
            }
            """);
        Match names = Carried().Match(converted);
        Assert.True(names.Success, converted);
        string found = WithoutFlags(Names().Matches(names.Groups[1].Value).Select(name => name.Groups[1].Value));
        Assert.True(found == carried, $"{why}: {found}\n{converted}");
    }

    // How the first branch or loop of the method carries its values; the names of their leaves.
    [GeneratedRegex(@"GraphControl\.(?:While|If)\((?:.*?(Carried\..*)|.*)\);")]
    private static partial Regex Carried();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Names();

    private static string WithoutFlags(IEnumerable<string> names) => string.Join(", ", names.Where(name => name != "return value" && !name.StartsWith("__", StringComparison.Ordinal)));
}
