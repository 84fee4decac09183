namespace TensorGraph.Tests.Conformance;

/// <summary>Parts of structs, records and objects as targets of a deconstruction are carried like any other assignment to them.</summary>
public sealed class DeconstructionTargetTests
{
    private static readonly Programs s_programs = new("""
        private Pair2 _pair = new(1, 2);
        private readonly Holder _holder = new();
        [GraphFunction] public Tensor PropertyOfLocal(Tensor x, Tensor y, int mode)
        {
            Tensor a = 0; var p = new Pair2(x, y);
            for (Tensor i = 0; i < 2; i++) (a, p.L) = (p.L + a, p.L * 2);
            return a * 100 + p.L;
        }
        [GraphFunction] public Tensor ReadAfterTheLoop(Tensor x, Tensor y, int mode)
        {
            Tensor a = 0; var p = new Pair2(x, y);
            while (a < 9) (a, p.L) = (a + 3, p.R + a);
            return p.L * 10 + p.R;
        }
        [GraphFunction] public Tensor Nested(Tensor x, Tensor y, int mode)
        {
            Tensor a = 0, b = 0; var p = new Pair2(x, y);
            for (Tensor i = 0; i < 2; i++) (a, (p.R, b)) = (p.L + i, (p.R + a, b + p.R));
            return a * 100 + p.R * 10 + b;
        }
        [GraphFunction] public Tensor Swapped(Tensor x, Tensor y, int mode)
        {
            var p = new Pair2(x, y);
            while (p.L < 9) (p.L, p.R) = (p.R + 2, p.L + 1);
            return p.L * 10 + p.R;
        }
        [GraphFunction] public Tensor StructInField(Tensor x, Tensor y, int mode)
        {
            _pair = new(x, y); Tensor a = 0;
            for (Tensor i = 0; i < 2; i++) (a, _pair.L) = (_pair.L + a, _pair.L * 2);
            return a * 100 + _pair.L;
        }
        [GraphFunction] public Tensor FieldOfObject(Tensor x, Tensor y, int mode)
        {
            _holder.Pair = new(x, y); Tensor a = 0;
            for (Tensor i = 0; i < 2; i++) (a, _holder.Pair.R) = (_holder.Pair.R + a, _holder.Pair.L * 2);
            return a * 100 + _holder.Pair.R;
        }
        [GraphFunction] public Tensor InLambda(Tensor x, Tensor y, int mode)
        {
            var p = new Pair2(x, y); Tensor a = 0;
            Action step = () => { if (p.L < 50) (a, p.L) = (p.L + a, p.L * 2); };
            step(); step();
            return a * 100 + p.L;
        }
        [GraphFunction] public Tensor InLocalFunction(Tensor x, Tensor y, int mode)
        {
            var p = new Pair2(x, y); var q = new Pair2(y, x); Tensor b = 1;
            if (x > 3) { Tensor Next(Tensor v) { (p.R, b) = q; return v + x; } b = Next(y) % 8; }
            void Outer() { void Inner() { (q.L, _) = p; } if (y > 3) Inner(); }
            Outer(); while (b < 5) { Outer(); b = b + q.L + 1; }
            return p.R * 100 + q.L * 10 + b;
        }
        [GraphFunction] public Tensor InBranch(Tensor x, Tensor y, int mode)
        {
            var p = new Pair2(x, y); Tensor a = 1;
            if (x > 3) (p.L, a) = (a + y, p.L); else (_, p.R) = (a, p.L + 5);
            return p.L * 100 + p.R * 10 + a;
        }
        [GraphFunction] public Tensor ElementsAndTuples(Tensor x, Tensor y, int mode)
        {
            Tensor[] all = [x, y]; (Tensor A, Tensor B) q = (y, x);
            for (Tensor i = 0; i < 2; i++) (all[0], q.A) = (q.A + i, all[1] + all[0]);
            return all[0] * 100 + q.A * 10 + q.B;
        }
        [GraphFunction] public Tensor FieldOfStruct(Tensor x, Tensor y, int mode)
        {
            var p = new Fields { L = x, R = y }; Tensor a = 0;
            for (Tensor i = 0; i < 2; i++) { (a, p.L) = (p.L + a, p.L * 2); p.R += a; }
            return a * 100 + p.L * 10 + p.R;
        }
        [GraphFunction] public Tensor OfForeach(Tensor x, Tensor y, int mode)
        {
            var p = new Pair2(x, y); Tensor a = 0;
            foreach (Tensor i in Ops.Range(3)) { (a, p.L) = (a + i, p.L + a); (var d, p.R) = (p.L, a); a = a + d; }
            return a * 100 + p.L * 10 + p.R;
        }
        """, """
        public record struct Pair2(Tensor L, Tensor R);
        public struct Fields { public Tensor L; public Tensor R; }
        public sealed class Holder { public Pair2 Pair; }
        """, hasState: true);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
