using Kernels.Compositing;

namespace Kernels.Tests.Compositing;

/// <summary>What a composite is called with, and where it writes.</summary>
internal sealed record CompositeInput(
    byte[] Picture, int Width, int Height, byte[] Cutouts, Paste[] Pastes, uint[] Objects, uint[] Bits,
    CompositeRecord[] Records)
{
    public CompositeInput RunOn(IComposite composite)
    {
        Array.Fill(Bits, 0xDEAD_BEEF); // What was there before must not matter.
        composite.Run(Picture, Width, Height, Cutouts, Pastes, Objects, Bits, Records);
        return this;
    }
}
