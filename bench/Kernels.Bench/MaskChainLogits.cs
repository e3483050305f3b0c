namespace Kernels.Bench;

/// <summary>Logits as a segmenter gives them: an object with a wavy outline, slopes around it, some noise.</summary>
internal static class MaskChainLogits
{
    /// <summary>Makes [pictures, height, width] f32; each picture another object.</summary>
    public static float[] Of(int pictures, int width, int height)
    {
        float[] values = new float[pictures * width * height];
        for (int picture = 0; picture < pictures; picture++)
        {
            Random random = new(picture);
            double x = width * (0.3 + (0.4 * random.NextDouble()));
            double y = height * (0.3 + (0.4 * random.NextDouble()));
            double radius = width * (0.15 + (0.25 * random.NextDouble()));
            int waves = random.Next(2, 9);
            for (int i = 0; i < width * height; i++)
            {
                (double dx, double dy) = ((i % width) - x, (i / width) - y);
                double edge = radius * (1 + (0.2 * Math.Sin(waves * Math.Atan2(dy, dx))));
                double logit = (edge - Math.Sqrt((dx * dx) + (dy * dy))) / 4;
                values[(picture * width * height) + i] =
                    (float)(Math.Clamp(logit, -15, 15) + (random.NextDouble() * 2) - 1);
            }
        }

        return values;
    }
}
