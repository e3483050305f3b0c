using System.Runtime.InteropServices;

namespace Engine.Index.Sources;

/// <summary>Where one annotation stands in the json; 32 bytes of the scratch file.</summary>
/// <param name="Image">The image's number, as the json gives it; once sorted, its place in the list.</param>
/// <param name="Category">The category's number, as the json gives it.</param>
/// <param name="Offset">The annotation's first byte.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Index">Its place in the array of annotations; at most 2^31 - 1 are read.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct AnnotationEntry(long Image, long Category, long Offset, int Bytes, int Index);
