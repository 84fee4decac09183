namespace TensorGraph.Tests.Conformance;

/// <summary>The forms in which C# assigns, to variables that branches and loops carry.</summary>
public sealed class AssignmentFormTests
{
    private static readonly Programs s_programs = new("""
        private Tensor _f = 1;
        private Tensor[] _cells = [1, 2, 3];
        [GraphFunction] public Tensor DeconstructionIntoCarried(Tensor x, Tensor y, int mode)
        {
            Tensor a = 0, b = 0; var v = new Vec { A = x, B = y };
            if (x > 3) { (a, b) = v; (x, y) = (y, x); }
            else { (b, _) = v; (var c, a) = (x + 1, b); b = b + c; }
            while (a < 9) { (a, (b, x)) = (a + 2, (x, b + 1)); }
            (x, y, int k) = new Three(a, b);
            return x * 10000 + y * 100 + b + k;
        }
        [GraphFunction] public Tensor SwapOnlyOnePath(Tensor x, Tensor y, int mode)
        {
            Tensor[] h = [x, y, 3];
            if (x > y) { (h[0], h[1]) = (h[1], h[0]); (x, h[2]) = (h[2], x); }
            for (Tensor i = 0; i < 3; i++) (x, y) = (y, x + 1);
            return h[0] * 1000 + h[1] * 100 + h[2] * 10 + x + y;
        }
        [GraphFunction] public Tensor ChainedAssignment(Tensor x, Tensor y, int mode)
        {
            Tensor a, b, c; a = b = c = x;
            if (x > 3) a = b = y; else b = c = _f = y + 1;
            while ((a = b = b + 1) < 6) c = a;
            _cells[0] = _cells[1] = c; Tensor r = a * 1000 + b * 100 + c + _f + _cells[0];
            _f = 1; return r;
        }
        [GraphFunction] public Tensor Defaults(Tensor x, Tensor y, int mode)
        {
            Tensor? a = default; (Tensor? L, Tensor? R) p = default; Vec v = default; int k = default;
            if (a is null) a = x; 
            p.L = y; v.A = x; v.B = default!;
            if (x > 3) { v.A = y; p.L = p.L + 1; }
            v.B = y;
            return a + v.A * 10 + p.L * 100 + (p.R is null ? 1 : 2) + k + v.B;
        }
        [GraphFunction] public Tensor TargetTyped(Tensor x, Tensor y, int mode)
        {
            Pair p = new(x, y); Box b = new() { V = x };
            if (x > 3) p = new(y, p.First); else p = new(p.Second, 5);
            for (Tensor i = 0; i < 2; i++) { Pair q = new(i, p.First); p = q with { Second = b.V }; }
            return p.First * 100 + p.Second;
        }
        [GraphFunction] public Tensor Collections(Tensor x, Tensor y, int mode)
        {
            Tensor[] a = [x, y]; List<Tensor> b = [.. a, x + y]; Tensor s = 0;
            if (x > 3) { Tensor[] c = [.. b, y]; s = c[^1] + c[1..3][0]; foreach (Tensor t in c) s = s + t; }
            foreach (Tensor t in (Tensor[])[x, .. a[..1], .. b]) { if (t > 4) { s = s + 100; continue; } s = s + t; }
            return s + b[^2] * 1000;
        }
        [GraphFunction] public Tensor RangesOnTensor(Tensor x, Tensor y, int mode)
        {
            Tensor v = Ops.Stack([x, y, x + y, x - y, x * y], 0);
            Tensor s = v[^1] + v[..2].Sum() + v[^2..].Sum();
            if (x > 3) s = s + v[1..^1].Sum(); else { Range r = 1..3; Index i = ^3; s = s + v[r].Sum() + v[i]; }
            for (Tensor k = 0; k < 2; k++) s = s + v[k];
            return s;
        }
        [GraphFunction] public Tensor OnlyNestedAssigns(Tensor x, Tensor y, int mode)
        {
            Tensor t; if (x > 3) { if (y > 3) t = x; else t = y; } else { t = 0; while (t < x) { t = t + y; if (t > 4) break; } }
            Tensor u; { Tensor v = t + 1; u = v; } if (u > 5) { Tensor w; if (y > 1) w = u; else w = -u; u = w; }
            return t * 100 + u;
        }
        [GraphFunction] public Tensor DeepPath(Tensor x, Tensor y, int mode)
        {
            var tree = new Dictionary<string, Box> { ["root"] = new Box { Next = new Box { V = x } } };
            if (y > 1)
            {
                for (Tensor i = 0; i < 3; i++) { if (i > 0) tree["root"].Next!.V += y; tree["root"].Cells[2] = tree["root"].Next!.V * i; }
            }
            return tree["root"].Next!.V * 1000 + tree["root"].Cells[2];
        }
        [GraphFunction] public Tensor MembersOfOneObject(Tensor x, Tensor y, int mode)
        {
            var b = new Box { V = x, P = y }; Tensor z = mode;
            if (x > 3) { b.V = y * 2; b.P = b.V - x; z = 8; }
            if (y > 3) { b.P = b.V; } else { z = b.P; b.V = z + b.V; }
            return b.V * 10000 + b.P * 100 + z;
        }
        [GraphFunction] public Tensor DefinedInCatch(Tensor x, Tensor y, int mode)
        {
            Tensor z; try { int k = int.Parse(mode == 1 ? "a" : "3"); z = k; } catch (FormatException) { z = y; }
            if (x > 3) z = z + x;
            return z;
        }
        """, """
        public class Box { public Tensor V = 1; public Tensor P { get; set; } = 4; public Box? Next; public Tensor[] Cells = [1, 2, 3]; }
        public struct Vec { public Tensor A; public Tensor B; public void Deconstruct(out Tensor a, out Tensor b) { a = A; b = B; } }
        public class Three(Tensor a, Tensor b) { public void Deconstruct(out Tensor x, out Tensor y, out int k) { x = a; y = b; k = 3; } }
        """, hasState: true);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
