//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

// The map below a diagram: the whole run, how much was sent when, and what is in view.

const MAP_BARS = 300, MAP_HEIGHT = 46;

class RunMap {
  constructor(canvas, model, view, changed) {
    Object.assign(this, { canvas, model, view, changed });
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.isHeld = true;
      this.moveTo(event);
    });
    canvas.addEventListener("pointermove", (event) => { if (this.isHeld) this.moveTo(event); });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => { this.isHeld = false; });
    }
    this.count();
  }

  /** How many items begin in each part of the run. */
  count() {
    const bars = new Float64Array(MAP_BARS);
    const { model } = this;
    for (const item of model.order) {
      const bar = Math.floor(model.time(item) / model.end * MAP_BARS);
      bars[Math.min(MAP_BARS - 1, Math.max(0, bar))] += 1;
    }
    const most = Math.max(1, ...bars);
    this.bars = bars.map((count) => (count === 0 ? 0 : Math.max(0.06, Math.sqrt(count / most))));
  }

  x(time) { return GUTTER + time / this.model.end * this.view.plotWidth; }

  moveTo(event) {
    const x = event.clientX - this.canvas.getBoundingClientRect().left;
    const time = (x - GUTTER) / this.view.plotWidth * this.model.end;
    const half = this.view.span / 2;
    this.view.show(time - half, time + half);
    this.changed();
  }

  paint(colors, font) {
    const { canvas, model, view } = this;
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(view.width * scale);
    canvas.height = Math.round(MAP_HEIGHT * scale);
    const c = canvas.getContext("2d");
    c.setTransform(scale, 0, 0, scale, 0, 0);
    c.fillStyle = colors.paper;
    c.fillRect(0, 0, view.width, MAP_HEIGHT);
    c.fillStyle = colors.row;
    c.fillRect(GUTTER, 4, view.plotWidth, MAP_HEIGHT - 8);
    for (const fault of model.faults) {
      const isPartition = fault.name === "partition";
      c.fillStyle = isPartition ? colors["warn-soft"] : colors.network;
      const left = this.x(fault.begin);
      const width = Math.max(1, this.x(fault.end) - left);
      c.fillRect(left, 4, width, isPartition ? MAP_HEIGHT - 8 : 2);
    }
    c.fillStyle = colors.data;
    const width = view.plotWidth / MAP_BARS;
    this.bars.forEach((height, bar) => {
      const tall = height * (MAP_HEIGHT - 12);
      c.fillRect(GUTTER + bar * width, MAP_HEIGHT - 4 - tall, Math.max(1, width - 0.5), tall);
    });
    c.fillStyle = colors.bad;
    for (const violation of model.violations) c.fillRect(this.x(violation.time) - 1, 2, 2, MAP_HEIGHT - 4);
    const left = Math.max(GUTTER, this.x(view.begin));
    const right = Math.min(GUTTER + view.plotWidth, this.x(view.end));
    c.globalAlpha = 0.14;
    c.fillStyle = colors.accent;
    c.fillRect(left, 2, Math.max(2, right - left), MAP_HEIGHT - 4);
    c.globalAlpha = 1;
    c.strokeStyle = colors.accent;
    c.lineWidth = 1.5;
    c.strokeRect(left, 2, Math.max(2, right - left), MAP_HEIGHT - 4);
    c.font = `400 11px ${font}`;
    c.textBaseline = "middle";
    c.textAlign = "left";
    c.fillStyle = colors.muted;
    c.fillText("whole run", 12, MAP_HEIGHT / 2 - 7);
    c.fillStyle = colors.faint;
    c.fillText(durationText(model.end), 12, MAP_HEIGHT / 2 + 8);
  }
}
