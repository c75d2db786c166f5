// Where a table of any height is scrolled to. Browsers draw nothing beyond some 15 million pixels: a higher table is
// scrolled in a lower one. Its ends are as high as they are; only what is between them is squeezed.

const HIGHEST = 12_000_000; // pixels
const ENDS = 100_000; // pixels at either end that are not squeezed

class Track {
  constructor() { Object.assign(this, { whole: 0, view: 0, at: 0, scrolled: 0 }); }

  // pixels of all rows, and of those that are seen
  measure(whole, view) {
    Object.assign(this, { whole, view });
    this.at = this.within(this.at);
  }

  get height() { return Math.min(this.whole, HIGHEST); }
  get squeezed() { return this.whole > HIGHEST; }
  within(at) { return Math.max(0, Math.min(at, this.whole - this.view)); }

  // how far the rows are drawn below their own place
  get shift() { return this.scrolled - this.at; }

  // the scroll position that stands for a place in the table, and the other way round
  scrollOf(at) {
    const [most, lower] = [this.whole - this.view, this.height - this.view];
    if (!this.squeezed || at <= ENDS) return at;
    if (at >= most - ENDS) return lower - (most - at);
    return ENDS + ((at - ENDS) * (lower - 2 * ENDS)) / (most - 2 * ENDS);
  }

  placeOf(scrolled) {
    const [most, lower] = [this.whole - this.view, this.height - this.view];
    if (!this.squeezed || scrolled <= ENDS) return scrolled;
    if (scrolled >= lower - ENDS) return most - (lower - scrolled);
    return ENDS + ((scrolled - ENDS) * (most - 2 * ENDS)) / (lower - 2 * ENDS);
  }

  // the browser has scrolled: a short way moves the rows just as far, a long one is a place on the scroll bar
  scroll(scrolled) {
    const way = scrolled - this.scrolled;
    this.at = this.within(this.squeezed && Math.abs(way) < this.view ? this.at + way : this.placeOf(scrolled));
    this.scrolled = scrolled;
  }

  // whether the scroll bar is at an end, and the rows are not
  get stuck() {
    if (!this.squeezed) return false;
    const [most, lower] = [this.whole - this.view, this.height - this.view];
    return (this.scrolled < 1 && this.at > 0) || (this.scrolled > lower - 1 && this.at < most);
  }
}
