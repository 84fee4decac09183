using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using System.Text;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Writes instructions as text, in the notation of the IL assembler, in place of code. The emitters of kernels emit nothing that is not here.
/// </summary>
internal sealed class IlText : ILGenerator
{
    private const string Absent = "Kernels have neither handlers nor calls through pointers.";

    private readonly StringBuilder _instructions = new();
    private readonly List<LocalBuilder> _locals = [];
    private int _labels;

    public override int ILOffset => _instructions.Length;

    /// <summary>The locals, then an instruction a line.</summary>
    public override string ToString() =>
        $".locals ({string.Join(", ", _locals.Select(local => $"{NameOf(local.LocalType)} v{local.LocalIndex}"))})\n{_instructions}";

    public override LocalBuilder DeclareLocal(Type localType, bool pinned)
    {
        _locals.Add(new Local(localType, _locals.Count));
        return _locals[^1];
    }

    public override Label DefineLabel() => CreateLabel(_labels++);

    public override void MarkLabel(Label loc) => _instructions.Append(CultureInfo.InvariantCulture, $"L{loc.Id}:\n");

    public override void Emit(OpCode opcode) => Line(opcode, "");

    public override void Emit(OpCode opcode, byte arg) => Line(opcode, arg);

    public override void Emit(OpCode opcode, short arg) => Line(opcode, arg);

    public override void Emit(OpCode opcode, int arg) => Line(opcode, arg);

    public override void Emit(OpCode opcode, long arg) => Line(opcode, arg);

    public override void Emit(OpCode opcode, float arg) => Line(opcode, arg);

    public override void Emit(OpCode opcode, double arg) => Line(opcode, arg);

    public override void Emit(OpCode opcode, string str) => Line(opcode, $"\"{str}\"");

    public override void Emit(OpCode opcode, Type cls) => Line(opcode, NameOf(cls));

    public override void Emit(OpCode opcode, FieldInfo field) => Line(opcode, $"{NameOf(field.DeclaringType!)}::{field.Name}");

    public override void Emit(OpCode opcode, ConstructorInfo con) => Call(opcode, con);

    public override void Emit(OpCode opcode, MethodInfo meth) => Call(opcode, meth);

    public override void EmitCall(OpCode opcode, MethodInfo methodInfo, Type[]? optionalParameterTypes) => Call(opcode, methodInfo);

    public override void Emit(OpCode opcode, LocalBuilder local) => Line(opcode, $"v{local.LocalIndex}");

    public override void Emit(OpCode opcode, Label label) => Line(opcode, $"L{label.Id}");

    public override void Emit(OpCode opcode, Label[] labels) => Line(opcode, string.Join(", ", labels.Select(label => $"L{label.Id}")));

    public override void BeginScope()
    {
    }

    public override void EndScope()
    {
    }

    public override void UsingNamespace(string usingNamespace)
    {
    }

    public override void Emit(OpCode opcode, SignatureHelper signature) => throw new NotSupportedException(Absent);

    public override void EmitCalli(
        OpCode opcode, CallingConventions callingConvention, Type? returnType, Type[]? parameterTypes, Type[]? optionalParameterTypes) =>
        throw new NotSupportedException(Absent);

    public override void EmitCalli(OpCode opcode, CallingConvention unmanagedCallConv, Type? returnType, Type[]? parameterTypes) =>
        throw new NotSupportedException(Absent);

    public override Label BeginExceptionBlock() => throw new NotSupportedException(Absent);

    public override void BeginExceptFilterBlock() => throw new NotSupportedException(Absent);

    public override void BeginCatchBlock(Type? exceptionType) => throw new NotSupportedException(Absent);

    public override void BeginFaultBlock() => throw new NotSupportedException(Absent);

    public override void BeginFinallyBlock() => throw new NotSupportedException(Absent);

    public override void EndExceptionBlock() => throw new NotSupportedException(Absent);

    private void Call(OpCode opcode, MethodBase method)
    {
        string types = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(NameOf))}>" : "";
        string parameters = string.Join(", ", method.GetParameters().Select(parameter => NameOf(parameter.ParameterType)));
        string type = method.DeclaringType is { } declaring ? $"{NameOf(declaring)}::" : "";
        Line(opcode, $"{type}{method.Name}{types}({parameters})");
    }

    private void Line<T>(OpCode opcode, T operand) =>
        _instructions.Append(string.Create(CultureInfo.InvariantCulture, $"    {opcode.Name,-14} {operand}").TrimEnd()).Append('\n');

    private static string NameOf(Type type)
    {
        if (type.IsPointer) return NameOf(type.GetElementType()!) + "*";
        if (!type.IsGenericType) return type.Name;
        int tick = type.Name.IndexOf('`', StringComparison.Ordinal);
        return $"{(tick < 0 ? type.Name : type.Name[..tick])}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";
    }

    private sealed class Local(Type type, int index) : LocalBuilder
    {
        public override Type LocalType => type;

        public override int LocalIndex => index;

        public override bool IsPinned => false;
    }
}
