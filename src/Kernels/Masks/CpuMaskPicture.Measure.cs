namespace Kernels.Masks;

/// <content>Parts, holes and measures, all of them out of the runs; only what changes is written to the bits.</content>
internal sealed partial class CpuMaskPicture
{
    private const int Open = -1;
    private const int All = -1;

    private MaskRecord Measure(Span<uint> bits, int width, int height, MaskChainOptions options)
    {
        int words = MaskBits.Words(width);
        _parts.Begin(height);
        for (int y = 0; y < height; y++)
        {
            _parts.AddRow(bits.Slice(y * words, words));
        }

        int components = _parts.Join(diagonal: true);
        if (components == 0)
        {
            return default;
        }

        int kept = options.LargestOnly ? Largest() : All;
        if (kept != All && components > 1)
        {
            ClearOthers(bits, words, kept);
        }

        MaskRecord record = MeasureKept(width, height, kept) with { Components = components };
        int holes = options.FillHoles ? Fill(bits, words, record, kept) : 0;
        return record with { AreaPx = record.AreaPx + holes, HolesPx = holes };
    }

    // Of equal parts the one that comes first, row by row.
    private int Largest()
    {
        ReadOnlySpan<int> areas = _parts.Areas;
        int largest = 0;
        for (int part = 1; part < areas.Length; part++)
        {
            largest = areas[part] > areas[largest] ? part : largest;
        }

        return largest;
    }

    private void ClearOthers(Span<uint> bits, int words, int kept)
    {
        for (int y = 0; y < _parts.Rows; y++)
        {
            Span<uint> row = bits.Slice(y * words, words);
            for (int run = _parts.RowStart(y); run < _parts.RowStart(y + 1); run++)
            {
                if (_parts.PartOf(run) != kept)
                {
                    MaskBits.Clear(row, _parts.First(run), _parts.End(run));
                }
            }
        }
    }

    private MaskRecord MeasureKept(int width, int height, int kept)
    {
        (int area, int left, int right, int top, int bottom) = (0, width, 0, height, 0);
        (int topPx, int bottomPx, int leftPx, int rightPx) = (0, 0, 0, 0);
        for (int y = 0; y < height; y++)
        {
            int before = area;
            for (int run = _parts.RowStart(y); run < _parts.RowStart(y + 1); run++)
            {
                if (kept != All && _parts.PartOf(run) != kept)
                {
                    continue;
                }

                (int first, int end) = (_parts.First(run), _parts.End(run));
                area += end - first;
                (left, right) = (Math.Min(left, first), Math.Max(right, end));
                leftPx += first == 0 ? 1 : 0;
                rightPx += end == width ? 1 : 0;
            }

            if (area > before)
            {
                (top, bottom) = (Math.Min(top, y), y + 1);
                topPx = y == 0 ? area : topPx;
                bottomPx = y == height - 1 ? area - before : bottomPx;
            }
        }

        return new MaskRecord(
            area, left, top, right - left, bottom - top, topPx, bottomPx, leftPx, rightPx, 0, 0, MaskFaults.None);
    }

    // A hole lies in the mask's box and does not touch the box's border: beyond it all is background, to the picture's.
    private int Fill(Span<uint> bits, int words, in MaskRecord box, int kept)
    {
        (int left, int right) = (box.Left, box.Left + box.Width);
        _gaps.Begin(box.Height);
        for (int y = box.Top; y < box.Top + box.Height; y++)
        {
            ListGaps(y, left, right, kept);
        }

        _gaps.Join(diagonal: false);
        OpenBorder(left, right);
        int holes = 0;
        for (int row = 0; row < _gaps.Rows; row++)
        {
            for (int gap = _gaps.RowStart(row); gap < _gaps.RowStart(row + 1); gap++)
            {
                if (_gaps.Areas[_gaps.PartOf(gap)] != Open)
                {
                    (int first, int end) = (_gaps.First(gap), _gaps.End(gap));
                    MaskBits.Set(bits.Slice((box.Top + row) * words, words), first, end);
                    holes += end - first;
                }
            }
        }

        return holes;
    }

    private void ListGaps(int y, int left, int right, int kept)
    {
        int at = left;
        for (int run = _parts.RowStart(y); run < _parts.RowStart(y + 1); run++)
        {
            if (kept == All || _parts.PartOf(run) == kept)
            {
                if (_parts.First(run) > at)
                {
                    _gaps.Add(at, _parts.First(run));
                }

                at = _parts.End(run);
            }
        }

        if (right > at)
        {
            _gaps.Add(at, right);
        }

        _gaps.EndRow();
    }

    private void OpenBorder(int left, int right)
    {
        Span<int> areas = _gaps.Areas;
        for (int row = 0; row < _gaps.Rows; row++)
        {
            bool outermost = row == 0 || row == _gaps.Rows - 1;
            for (int gap = _gaps.RowStart(row); gap < _gaps.RowStart(row + 1); gap++)
            {
                if (outermost || _gaps.First(gap) == left || _gaps.End(gap) == right)
                {
                    areas[_gaps.PartOf(gap)] = Open;
                }
            }
        }
    }
}
