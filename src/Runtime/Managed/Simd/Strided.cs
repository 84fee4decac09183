namespace TensorGraph.Backends.Managed;

/// <summary>Between elements at a stride and a packed register image on the stack; also the ragged end of a row.</summary>
internal static unsafe class Strided
{
    public static void Gather1(byte* from, nint stride, byte* to, nint count)
    {
        for (nint i = 0; i < count; i++, from += stride) to[i] = *from;
    }

    public static void Gather2(byte* from, nint stride, byte* to, nint count)
    {
        for (nint i = 0; i < count; i++, from += stride) ((short*)to)[i] = *(short*)from;
    }

    public static void Gather4(byte* from, nint stride, byte* to, nint count)
    {
        for (nint i = 0; i < count; i++, from += stride) ((int*)to)[i] = *(int*)from;
    }

    public static void Gather8(byte* from, nint stride, byte* to, nint count)
    {
        for (nint i = 0; i < count; i++, from += stride) ((long*)to)[i] = *(long*)from;
    }

    public static void Scatter1(byte* from, byte* to, nint stride, nint count)
    {
        for (nint i = 0; i < count; i++, to += stride) *to = from[i];
    }

    public static void Scatter2(byte* from, byte* to, nint stride, nint count)
    {
        for (nint i = 0; i < count; i++, to += stride) *(short*)to = ((short*)from)[i];
    }

    public static void Scatter4(byte* from, byte* to, nint stride, nint count)
    {
        for (nint i = 0; i < count; i++, to += stride) *(int*)to = ((int*)from)[i];
    }

    public static void Scatter8(byte* from, byte* to, nint stride, nint count)
    {
        for (nint i = 0; i < count; i++, to += stride) *(long*)to = ((long*)from)[i];
    }
}
